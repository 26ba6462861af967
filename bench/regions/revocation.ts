import { randomBytes } from 'node:crypto';
import { Authorizer } from '../../core/access/authorizer.ts';
import { RESOURCE } from '../../core/contract/deployment.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import { Pepper } from '../../core/domain/keys/pepper.ts';
import { accessStore } from '../../core/store/access-store.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { seeded } from '../scale/random.ts';
import { ReplicatedTable, type Replication } from './replicated-table.ts';

const API = 'api_RegionsBench';
const CACHE_MILLISECONDS = 3000;
const START = Date.parse('2026-11-28T12:00:00Z');
/** How often each key is asked about in each Region. */
export const STEP_MILLISECONDS = 100;

const pepper = Pepper.parse(JSON.stringify({ current: 'v1', v1: 'r'.repeat(64) }));
const format = new KeyFormat();

/** What takes a key's access away, each by one write in the main Region. */
const CHANGES = {
  revocation: (id: string) => [itemKey.credential(id).pk, { status: 'revoked' }],
  'role change': (id: string) => [
    itemKey.tenant(tenantOf(id)).pk,
    { roles: { writer: { permissions: ['other:read'], description: '' } } },
  ],
  suspension: (id: string) => [itemKey.tenant(tenantOf(id)).pk, { status: 'suspended' }],
  'removed role': (id: string) => [itemKey.tenant(tenantOf(id)).pk, { roles: {} }],
  'narrowed key': (id: string) => [itemKey.credential(id).pk, { permissions: ['other:read'] }],
} as const satisfies Record<string, (id: string) => readonly [string, object]>;
export const KINDS = Object.keys(CHANGES).length;
/** After which who was refused a change tries again. */
const RETRY_MILLISECONDS = 1000;

export interface Scenario {
  readonly regions: number;
  readonly instancesPerRegion: number;
  /** Keys, of tenants of their own, that lose their access one after the other in different ways. */
  readonly keys: number;
  readonly delay: number;
  /** How long nothing comes through, from the first change on; 0 for no partition. */
  readonly partition: number;
  /** Default: eventual consistency. */
  readonly strong?: NonNullable<Replication['strong']>;
}

export interface Played {
  /**
   * How long after the acknowledgement of each change that had one a request was last admitted, anywhere, in
   * milliseconds; 0 where none was.
   */
  readonly lasts: readonly number[];
  /** Share of the requests of Regions that were not cut off which were answered 503. */
  readonly unavailable: number;
}

/** Plays traffic in every Region with authorizers as they are deployed, in simulated time. */
export async function lastAdmissions(scenario: Scenario, seed: number): Promise<Played> {
  const random = seeded(seed);
  let now = START;
  const table = new ReplicatedTable(() => now);
  table.put(itemKey.api(API).pk, { apiId: API, environment: 'sandbox', routes: [] });
  const keys = Array.from({ length: scenario.keys }, (_, i) => addKey(table, i));
  const cutOff = scenario.strong && (scenario.strong.cutOff === 'main' ? 0 : 1);
  const instances = Array.from({ length: scenario.regions * scenario.instancesPerRegion }, (_, i) => ({
    authorizer: authorizerIn(table, i % scenario.regions, () => now),
    isCutOff: scenario.partition > 0 && i % scenario.regions === cutOff,
  }));
  const asked = { all: 0, unavailable: 0 };
  /** What is said anywhere; nobody is refused who can't be decided on. */
  const ask = async (text: string, tenantId: string): Promise<Set<'admitted' | 'refused'>> => {
    const answers = await Promise.all(
      instances.map(async ({ authorizer, isCutOff }) => {
        const { decision } = await authorizer.authorize({
          headers: { 'x-api-key': text, 'x-tn': tenantId },
          ...{ method: 'POST', path: '/v1/orders', sourceIp: '203.0.113.7', requestId: 'r' },
          tenantHeaderVisible: true,
        });
        if (decision.allowed) return 'admitted';
        const isUnavailable = decision.code === 'authorizer_unavailable';
        asked.unavailable += Number(isUnavailable && !isCutOff);
        return isUnavailable ? undefined : 'refused';
      }),
    );
    asked.all += instances.filter(({ isCutOff }) => !isCutOff).length;
    return new Set(answers.filter((answer) => answer !== undefined));
  };
  now += 10_000;
  // Each instance knows each key by then.
  const from = now + CACHE_MILLISECONDS;
  const until = from + scenario.partition;
  const replication: Replication = {
    delay: scenario.delay,
    ...(scenario.partition > 0 && { partition: { from, until } }),
    ...(scenario.strong && { strong: scenario.strong }),
  };
  const kinds = Object.values(CHANGES);
  const changes = keys.map((key, i) => ({
    ...key,
    // Some time after it was last read, so that records are of every age.
    at: from + Math.floor(random() * CACHE_MILLISECONDS),
    write: kinds[i % kinds.length]?.(key.id),
    acknowledged: Number.NaN,
    last: 0,
  }));
  const end = until + scenario.delay + 3 * CACHE_MILLISECONDS;
  for (; now < end; now += STEP_MILLISECONDS) {
    if (now === from) table.replication = replication;
    for (const change of changes) {
      if (change.write !== undefined && now >= change.at) {
        const [pk, written] = change.write;
        const outcome = table.change(pk, written);
        if (outcome === 'refused') change.at = now + RETRY_MILLISECONDS;
        else change.write = undefined;
        if (typeof outcome === 'number') change.acknowledged = outcome;
      }
      const answers = await ask(change.text, change.tenantId);
      if (change.write !== undefined && answers.has('refused')) throw new Error('a good key was refused');
      if (answers.has('admitted') && now > change.acknowledged) change.last = now - change.acknowledged;
    }
  }
  const lasts = changes.filter(({ acknowledged }) => !Number.isNaN(acknowledged)).map(({ last }) => last);
  return { lasts, unavailable: asked.unavailable / asked.all };
}

function tenantOf(id: string): string {
  return `tenant_${id.toLowerCase()}`;
}

function addKey(table: ReplicatedTable, index: number) {
  const id = `Regions${String(index).padStart(5, '0')}`;
  const tenantId = tenantOf(id);
  const text = format.mint('sk', 'sandbox', id, randomBytes);
  table.put(itemKey.tenant(tenantId).pk, {
    tenantId,
    status: 'active',
    roles: { writer: { permissions: ['*:*'], description: '' } },
  });
  table.put(itemKey.credential(id).pk, {
    ...{ keyId: `key_${id}`, tenantId, type: 'secret', environment: 'sandbox', role: 'writer' },
    ...{ status: 'active', allowedCidrs: [], allowedOrigins: [], rateLimits: [] },
    secrets: [{ id: 's1', createdAt: '2026-01-01T00:00:00.000Z', hint: text.slice(-4) }],
    digests: { s1: pepper.digest(text) },
  });
  return { id, tenantId, text };
}

function authorizerIn(table: ReplicatedTable, region: number, now: () => number): Authorizer {
  return new Authorizer({
    format,
    store: accessStore({
      dynamodb: table.client(region),
      table: RESOURCE.table,
      regionalTable: RESOURCE.regionalTable,
      apiId: API,
      sharedMilliseconds: CACHE_MILLISECONDS / 3,
      now,
      newEventId: (time) => eventId(time, randomBytes),
    }),
    peppers: { current: async () => pepper, knowing: async () => pepper },
    upkeep: { ask: async () => undefined },
    tokens: { verify: async () => undefined },
    now,
    cacheMilliseconds: CACHE_MILLISECONDS,
    staleMilliseconds: 0,
    cacheEntries: 10_000,
    deadlineMilliseconds: 3500,
    gatewayCaches: false,
    acceptsImported: false,
    onWarning: () => undefined,
    onStale: () => undefined,
  });
}
