import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Authorizer } from '../core/access/authorizer.ts';
import { pepperSource } from '../core/aws/pepper-source.ts';
import { signedClient } from '../core/aws/signed-client.ts';
import { RESOURCE } from '../core/contract/deployment.ts';
import type { Cause } from '../core/domain/decision/causes.ts';
import { eventId } from '../core/domain/ground/event-id.ts';
import { KeyFormat } from '../core/domain/keys/key-format.ts';
import { Pepper } from '../core/domain/keys/pepper.ts';
import { fetchJson, tokenVerifier } from '../core/oauth/token-verifier.ts';
import { accessStore } from '../core/store/access-store.ts';
import { itemKey } from '../core/store/item-keys.ts';
import {
  type FaultyService,
  type Health,
  startDynamoDb,
  startIssuer,
  startSecretsManager,
} from './faulty-services.ts';
import { type Figure, percentile } from './harness.ts';
import { PEPPER, requestWith, storedKey, TABLE } from './request-plane.ts';

const pepper = Pepper.parse(PEPPER);
const API = 'api_FaultyApi000';
const KEYS_OF_A_KIND = 20;
const AT_ONCE = 50;
const DEADLINE_MILLISECONDS = 3500;
const FAULTS = ['down', 'slow', 'throttled', 'flapping'] as const;
const DEPENDENCIES = ['DynamoDB', 'Secrets Manager', 'issuer'] as const;
/** What the instance knows of a key when the fault begins: admitted, never seen, or seen revoked. */
const KINDS = ['known', 'unknown', 'revoked'] as const;

type Kind = (typeof KINDS)[number];
type Dependency = (typeof DEPENDENCIES)[number];

/** What keys of one kind were answered while one dependency was ill. */
export interface Cell {
  readonly dependency: Dependency;
  readonly fault: (typeof FAULTS)[number];
  readonly kind: Kind;
  /** Requests by answer: `admitted`, `401`, `503`. */
  readonly answers: Readonly<Record<string, number>>;
  readonly p99Milliseconds: number;
  readonly longestMilliseconds: number;
}

type World = Awaited<ReturnType<typeof startWorld>>;

/** Breaks each dependency in each way, under traffic. @param requests in all, spread evenly over the cells */
export async function faultCells(requests: number): Promise<readonly Cell[]> {
  const perScenario = Math.ceil(requests / (DEPENDENCIES.length * FAULTS.length));
  const cells: Cell[] = [];
  for (const dependency of DEPENDENCIES) {
    for (const fault of FAULTS) cells.push(...(await scenario(dependency, fault, perScenario)));
  }
  return cells;
}

/** The table of `faultCells`, and what it must not hold. */
export async function faultFigures(): Promise<readonly Figure[]> {
  const cells = await faultCells(100_000);
  const all = cells.reduce((sum, { answers }) => sum + total(answers), 0);
  return [
    { name: `wrong admissions in ${all} requests`, value: wrongAdmissions(cells), unit: '', promised: 0 },
    {
      name: 'longest wait for an answer',
      value: Math.max(...cells.map(({ longestMilliseconds }) => longestMilliseconds)),
      unit: 'ms',
      promised: DEADLINE_MILLISECONDS,
    },
    ...cells.map(({ dependency, fault, kind, answers, p99Milliseconds }) => ({
      name: `${dependency} ${fault}, ${kind} key: ${spelled(answers)}; p99`,
      value: p99Milliseconds,
      unit: 'ms',
    })),
  ];
}

export function wrongAdmissions(cells: readonly Cell[]): number {
  const wrong = cells.filter(({ kind }) => kind !== 'known');
  return wrong.reduce((sum, { answers }) => sum + (answers.admitted ?? 0), 0);
}

function total(answers: Cell['answers']): number {
  return Object.values(answers).reduce((sum, count) => sum + count, 0);
}

function spelled(answers: Cell['answers']): string {
  const all = total(answers);
  return Object.entries(answers)
    .map(([answer, count]) => `${((100 * count) / all).toFixed(1)} % ${answer}`)
    .join(', ');
}

async function scenario(dependency: Dependency, fault: Health, requests: number): Promise<Cell[]> {
  const world = await startWorld();
  try {
    await world.acquaint();
    world.age();
    world.services[dependency].health = fault;
    return await traffic(world, dependency, fault as Cell['fault'], requests);
  } finally {
    await world.close();
  }
}

async function traffic(
  { keys, ask }: World,
  dependency: Dependency,
  fault: Cell['fault'],
  requests: number,
): Promise<Cell[]> {
  const tallies = { known: newTally(), unknown: newTally(), revoked: newTally() };
  let sent = 0;
  const caller = async () => {
    while (sent < requests) {
      const kind = KINDS[sent % KINDS.length] as Kind;
      const key = keys[kind][Math.floor(sent / KINDS.length) % KEYS_OF_A_KIND] as string;
      sent += 1;
      // What is answered at once would otherwise keep the others' answers from coming in.
      await nextTurn();
      const before = performance.now();
      const answer = await ask(key);
      tallies[kind].milliseconds.push(performance.now() - before);
      tallies[kind].answers[answer] = (tallies[kind].answers[answer] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  return KINDS.map((kind) => ({
    dependency,
    fault,
    kind,
    answers: tallies[kind].answers,
    p99Milliseconds: percentile(tallies[kind].milliseconds, 99),
    longestMilliseconds: percentile(tallies[kind].milliseconds, 100),
  }));
}

function newTally(): { answers: Record<string, number>; milliseconds: number[] } {
  return { answers: {}, milliseconds: [] };
}

/** One instance that must ask anew for every request, its dependencies, and keys of each kind. */
async function startWorld() {
  const dynamodb = await startDynamoDb();
  const secrets = await startSecretsManager(PEPPER);
  const issuer = await startIssuer({ aud: 'bench', client_id: 'bench' });
  const services: Record<Dependency, FaultyService> = {
    DynamoDB: dynamodb,
    'Secrets Manager': secrets,
    issuer,
  };
  const oauth = { issuer: issuer.url, audience: 'bench', requiredScopes: [], requiredRoles: [] };
  dynamodb.put(itemKey.api(API), { apiId: API, environment: 'sandbox', routes: [], oauth });
  dynamodb.put(itemKey.tenant('tenant_acme'), {
    tenantId: 'tenant_acme',
    status: 'active',
    roles: { writer: { permissions: ['*:*'], description: '' } },
  });
  const keys = { known: newKeys('known'), unknown: newKeys('unkno'), revoked: newKeys('revok') };
  const store = (text: string, status: string) => {
    const id = idOf(text);
    dynamodb.put(itemKey.credential(id), { ...storedKey(id, text, pepper), status });
    dynamodb.put(itemKey.seenNetwork(id, '203.0.113.0/24'), {
      ttl: Math.floor(Date.now() / 1000) + 7_000_000,
    });
  };
  let aheadMilliseconds = 0;
  const authorizer = authorizerOn(dynamodb, secrets, () => Date.now() + aheadMilliseconds);
  const ask = async (key: string): Promise<string> => {
    const request = requestWith(key);
    const headers = { ...request.headers, authorization: `Bearer ${issuer.token}` };
    const { decision } = await authorizer.authorize({ ...request, headers });
    if (decision.allowed) return 'admitted';
    return decision.cause === ('unavailable' satisfies Cause) ? '503' : '401';
  };
  return {
    services,
    keys,
    ask,
    /** Shows the instance what it shall know: keys that are good, and keys that were and are revoked. */
    async acquaint() {
      for (const key of [...keys.known, ...keys.revoked]) store(key, 'active');
      for (const key of [...keys.known, ...keys.revoked]) await expectAnswer(ask(key), 'admitted');
      for (const key of keys.revoked) store(key, 'revoked');
      for (const key of keys.revoked) await expectAnswer(ask(key), '401');
    },
    /** Makes the pepper and the issuer's keys due for another reading. */
    age() {
      aheadMilliseconds += 2 * 3_600_000;
    },
    async close() {
      for (const service of Object.values(services)) await service.close();
    },
  };
}

/** As deployed, but that it remembers nothing for longer than it must, so that every request asks. */
function authorizerOn(
  dynamodb: FaultyService,
  secrets: FaultyService,
  refreshClock: () => number,
): Authorizer {
  const call = (service: 'dynamodb' | 'secretsmanager', { url }: FaultyService) =>
    signedClient({
      service,
      region: 'eu-central-1',
      endpoint: url,
      credentials: () => ({ accessKeyId: 'bench', secretAccessKey: 'bench', sessionToken: undefined }),
      attemptMilliseconds: 500,
      deadlineMilliseconds: 1700,
      now: Date.now,
      random: Math.random,
    });
  return new Authorizer({
    format: new KeyFormat(),
    store: accessStore({
      dynamodb: call('dynamodb', dynamodb),
      table: TABLE,
      regionalTable: RESOURCE.regionalTable,
      apiId: API,
      sharedMilliseconds: 0,
      now: Date.now,
      newEventId: (time) => eventId(time, randomBytes),
    }),
    upkeep: { ask: async () => undefined },
    peppers: pepperSource(call('secretsmanager', secrets), 'pepper', refreshClock),
    tokens: tokenVerifier(fetchJson, refreshClock),
    now: Date.now,
    cacheMilliseconds: 0,
    staleMilliseconds: 60_000,
    deadlineMilliseconds: DEADLINE_MILLISECONDS,
    cacheEntries: 10_000,
    gatewayCaches: false,
    acceptsImported: false,
    onWarning: () => undefined,
    onStale: () => undefined,
  });
}

function newKeys(word: string): string[] {
  const format = new KeyFormat();
  return Array.from({ length: KEYS_OF_A_KIND }, (_, i) =>
    format.mint('sk', 'sandbox', `${word}${`${i}`.padStart(7, '0')}`, randomBytes),
  );
}

function idOf(text: string): string {
  return new KeyFormat().parse(text)?.id ?? '';
}

async function expectAnswer(answer: Promise<string>, expected: string): Promise<void> {
  const actual = await answer;
  if (actual !== expected)
    throw new Error(`before the fault a key was answered "${actual}", not "${expected}"`);
}
