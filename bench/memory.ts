import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Authorizer } from '../core/access/authorizer.ts';
import type { AccessRecords, AccessStore } from '../core/access/ports.ts';
import { logRefusal } from '../core/access/refusal-log.ts';
import { KeyFormat } from '../core/domain/keys/key-format.ts';
import { Pepper } from '../core/domain/keys/pepper.ts';
import { cpuRatio, type Figure, pairedRatio, percentile } from './harness.ts';
import { PEPPER, requestWith, storedKey } from './request-plane.ts';

const FEW = 1000;
const MANY = 100_000;
/** What an instance remembers unless it is configured otherwise. */
const DEFAULT_ENTRIES = 10_000;
const HEAP_MEGABYTES = 180;
const TIMED_DECISIONS = 20_000;
/** Not a divisor of either number of keys: a stride through all of them in no order of theirs. */
const STRIDE = 7919;

const pepper = Pepper.parse(PEPPER);

/** What remembering many keys costs: the slowest decisions, and the heap. And what a refusal's log line costs. */
export async function memoryFigures(): Promise<readonly Figure[]> {
  const keys = newKeys(MANY);
  const few = keys.slice(0, FEW);
  const knowsFew = authorizerOf(keys, FEW);
  const knowsMany = authorizerOf(keys, MANY);
  await askOnce(knowsFew, few);
  const before = heapMegabytes();
  await askOnce(knowsMany, keys);
  const heap = heapMegabytes() - before;
  const p99 = await pairedRatio(
    `p99 of a cached decision, ${MANY} distinct keys ÷ ${FEW}`,
    { promised: 2 },
    async () => [p99Of(knowsMany, keys), p99Of(knowsFew, few)],
  );
  return [
    p99,
    { name: `heap for ${MANY} remembered keys`, value: heap, unit: 'MB', promised: HEAP_MEGABYTES },
    ...(await boundFigures(keys)),
    logFigure(),
  ];
}

/** That the heap goes by what may be remembered, and not by what was asked. */
async function boundFigures(keys: readonly string[]): Promise<Figure[]> {
  const authorizer = authorizerOf(keys, DEFAULT_ENTRIES);
  const empty = heapMegabytes();
  await askOnce(authorizer, keys.slice(0, DEFAULT_ENTRIES));
  const full = heapMegabytes() - empty;
  await askOnce(authorizer, keys.slice(DEFAULT_ENTRIES, 4 * DEFAULT_ENTRIES));
  const churned = heapMegabytes() - empty;
  return [
    { name: `heap of the default memory, ${DEFAULT_ENTRIES} keys`, value: full, unit: 'MB' },
    {
      name: 'the same after four times as many keys ÷ before',
      value: churned / full,
      unit: '×',
      promised: 1.2,
    },
  ];
}

function logFigure(): Figure {
  const key = createSecretKey(Buffer.alloc(64, 1));
  const [text = ''] = newKeys(1);
  const request = requestWith(text);
  const refusal = {
    allowed: false,
    code: 'authentication_failed',
    cause: 'wrong_secret',
    keyId: 'key_000000000000',
  } as const;
  return cpuRatio(
    'log line and metric of a refusal ÷ HMAC (an admission writes none)',
    () => logRefusal(() => undefined, refusal, request, Date.now()),
    () => createHmac('sha256', key).update(text).digest(),
    { promised: 1.5 },
  );
}

function newKeys(count: number): string[] {
  const format = new KeyFormat();
  return Array.from({ length: count }, (_, i) =>
    format.mint('sk', 'sandbox', `${i}`.padStart(12, '0'), randomBytes),
  );
}

function authorizerOf(keys: readonly string[], cacheEntries: number): Authorizer {
  return new Authorizer({
    format: new KeyFormat(),
    store: storeOf(keys),
    upkeep: { ask: async () => undefined },
    peppers: { current: async () => pepper, knowing: async () => pepper },
    tokens: { verify: async () => undefined },
    now: Date.now,
    cacheMilliseconds: Number.POSITIVE_INFINITY,
    staleMilliseconds: 60_000,
    deadlineMilliseconds: 5000,
    cacheEntries,
    gatewayCaches: false,
    acceptsImported: false,
    onWarning: (message, cause) => console.error(message, cause),
    onStale: (_, cause) => console.error('an old record was used', cause),
  });
}

/** Records as they come out of JSON: every key's its own, the tenant's and the API's shared for a while. */
function storeOf(keys: readonly string[]): AccessStore {
  const tenant: AccessRecords['tenant'] = {
    tenantId: 'tenant_acme',
    status: 'active',
    roles: { writer: { permissions: ['*:*'], description: '' } },
  };
  const api = { apiId: 'api_BenchApi0000', environment: 'sandbox', routes: [] };
  const unused = async () => {
    throw new Error('this benchmark imports no keys');
  };
  return {
    apiId: api.apiId,
    read: async ({ credentialId }) =>
      ({
        readAt: Date.now(),
        networkSeenUntil: Date.now() / 1000 + 80 * 24 * 3600,
        credential: storedKey(credentialId, keys[Number(credentialId)] ?? '', pepper),
        tenant,
        api,
        product: undefined,
      }) as unknown as AccessRecords,
    readSeenNetwork: unused,
    noteNetwork: unused,
    findAlias: unused,
  };
}

async function askOnce(authorizer: Authorizer, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    const { decision } = await authorizer.authorize(requestWith(key));
    if (!decision.allowed) throw new Error(`a key of the benchmark was refused: ${decision.cause}`);
  }
}

/** A request's texts were just read from an event: only what is remembered of a key is far from the processor. */
function p99Of(authorizer: Authorizer, keys: readonly string[]): number {
  const times = new Float64Array(TIMED_DECISIONS);
  for (let i = 0; i < TIMED_DECISIONS; i++) {
    const request = JSON.parse(JSON.stringify(requestWith(keys[(i * STRIDE) % keys.length] ?? '')));
    const startedAt = performance.now();
    const outcome = authorizer.authorize(request);
    const isAllowed = 'decision' in outcome && outcome.decision.allowed;
    times[i] = performance.now() - startedAt;
    if (!isAllowed) throw new Error('a key of the benchmark was not remembered');
  }
  return percentile([...times], 99);
}

/** What is still reachable. */
export function heapMegabytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed / 1_000_000;
}
