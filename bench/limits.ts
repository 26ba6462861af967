import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Limiter } from '../core/access/limiter.ts';
import type { AwsCall } from '../core/aws/aws-call.ts';
import { signedClient } from '../core/aws/signed-client.ts';
import { RESOURCE } from '../core/contract/deployment.ts';
import { type LimitPolicy, windowAt } from '../core/domain/decision/limit.ts';
import { limitStore } from '../core/store/limit-store.ts';
import { startAwsServer } from '../emulator/aws-server.ts';
import type { Figure } from './harness.ts';

const TABLE = RESOURCE.regionalTable;
const REGION = 'eu-central-1';
const CREDENTIAL = 'BenchKey0000';
const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const TICK_MILLISECONDS = 10;
/** For how long requests come before the turn of a window, from the second one on, as traffic does that goes on. */
const LEAD_SECONDS = 4;

/** Requests of one credential, spread evenly over instances that know nothing of each other. */
export interface Load {
  readonly instances: number;
  readonly requestsPerSecond: number;
  readonly policy: LimitPolicy & { readonly period: number };
  /** Units of each request. Default: 1. */
  readonly cost?: number;
  /** For how long of each window requests come; the clock then jumps to shortly before the next one. */
  readonly seconds: number;
  readonly windows: number;
}

/** What became of the requests of one window. */
export interface WindowOutcome {
  readonly asked: number;
  readonly admitted: number;
  /** Those that were admitted before its turn. */
  readonly admittedBefore: number;
  /** Updates that DynamoDB was asked for, those that it refused included. */
  readonly writes: number;
}

/**
 * Puts a load on limiters in front of a local DynamoDB, over HTTP, window by window: the first finds
 * instances that have just started, in the others they know their rate.
 */
export async function admit(load: Load): Promise<WindowOutcome[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keywright-bench-'));
  const server = await startAwsServer({ dataDir, credentials: CREDENTIALS, log: () => undefined });
  try {
    await server.createTable({
      TableName: TABLE,
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
    });
    return await run(load, server.url);
  } finally {
    await server.close();
    await rm(dataDir, { recursive: true });
  }
}

async function run(load: Load, endpoint: string): Promise<WindowOutcome[]> {
  const { instances, policy, windows } = load;
  let jumped = 0;
  let writes = 0;
  const now = () => Date.now() + jumped;
  const failures: unknown[] = [];
  const limiters = Array.from({ length: instances }, () => {
    const dynamodb = clientOf(endpoint);
    const counted: AwsCall = (operation, input) => {
      writes += 1;
      return dynamodb(operation, input);
    };
    const store = limitStore({ dynamodb: counted, table: TABLE, region: REGION, now });
    return new Limiter({ store, now, entries: 100, onWarning: (_, cause) => failures.push(cause) });
  });
  const outcomes: WindowOutcome[] = [];
  for (let i = 0; i < windows; i++) {
    jumped += windowAt(CREDENTIAL, policy.period, now()).end - now();
    const { index } = windowAt(CREDENTIAL, policy.period, now());
    const leadSeconds = i > 0 ? LEAD_SECONDS : 0;
    jumped -= leadSeconds * 1000;
    writes = 0;
    outcomes.push({ ...(await ask(limiters, load, leadSeconds + load.seconds, index)), writes });
  }
  if (failures.length > 0) throw new Error('DynamoDB did not answer', { cause: failures[0] });
  return outcomes;
}

async function ask(
  limiters: readonly Limiter[],
  { policy, cost, requestsPerSecond }: Load,
  seconds: number,
  windowIndex: number,
) {
  const pending: Promise<void>[] = [];
  const total = requestsPerSecond * seconds;
  const startedAt = performance.now();
  let asked = 0;
  let admitted = 0;
  let admittedBefore = 0;
  while (asked < total) {
    const due = Math.min(total, ((performance.now() - startedAt) / 1000) * requestsPerSecond);
    for (; asked < due; asked++) {
      const spending = limiters[asked % limiters.length]?.spend(CREDENTIAL, [policy], cost);
      pending.push(
        Promise.resolve(spending).then((result) => {
          if (!result?.admitted) return;
          if (result.states[0]?.window.index === windowIndex) admitted += 1;
          else admittedBefore += 1;
        }),
      );
    }
    await sleep(TICK_MILLISECONDS);
  }
  await Promise.all(pending);
  return { asked, admitted, admittedBefore };
}

function clientOf(endpoint: string): AwsCall {
  return signedClient({
    service: 'dynamodb',
    region: REGION,
    endpoint,
    credentials: () => ({ ...CREDENTIALS, sessionToken: undefined }),
    attemptMilliseconds: 10_000,
    deadlineMilliseconds: 10_000,
    now: Date.now,
    random: Math.random,
  });
}

/**
 * A flood, twenty instances and 5,000 requests a second against 1,000 a minute; and a busy key within its
 * limit, four instances and 1,000 a second against 100,000 a minute.
 */
export async function limitFigures(): Promise<readonly Figure[]> {
  const flood = await admit({
    instances: 20,
    requestsPerSecond: 5000,
    policy: { limit: 1000, period: 60 },
    seconds: 3,
    windows: 4,
  });
  const [, ...busy] = await admit({
    instances: 4,
    requestsPerSecond: 1000,
    policy: { limit: 100_000, period: 60 },
    seconds: 3,
    windows: 3,
  });
  return [...floodFigures(flood), figureOf('a busy key below its limit', busy, 0.06)];
}

function floodFigures(all: readonly WindowOutcome[]): Figure[] {
  const of = (field: keyof WindowOutcome) => all.map((outcome) => outcome[field]);
  return [
    {
      name: 'limit 1,000: asked for in a window, by 20 instances',
      value: Math.min(...of('asked')),
      unit: '',
    },
    { name: 'most admitted in a window', value: Math.max(...of('admitted')), unit: '', promised: 1000 },
    {
      name: 'fewest admitted in a window',
      value: Math.min(...of('admitted')),
      unit: '',
      promisedAtLeast: 950,
    },
    // They know no rate yet, and lease what is asked and no more.
    figureOf('instances just started', all.slice(0, 1)),
    figureOf('later windows', all.slice(1), 0.15),
  ];
}

function figureOf(when: string, outcomes: readonly WindowOutcome[], promised?: number): Figure {
  const value = Math.max(
    ...outcomes.map(({ writes, admitted, admittedBefore }) => writes / (admitted + admittedBefore)),
  );
  const name = `DynamoDB writes per admitted request, ${when}`;
  return { name, value, unit: '', ...(promised === undefined ? {} : { promised }) };
}
