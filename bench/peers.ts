import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { apiKey } from '@better-auth/api-key';
import { type BetterAuthOptions, betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { checkAPIKey, generateAPIKey } from 'prefixed-api-key';
import type { Authorizer } from '../core/access/authorizer.ts';
import { systemClock } from '../core/access/clock.ts';
import { type AccessRecords, type AccessStore, nextMoment } from '../core/access/ports.ts';
import { TTL_ATTRIBUTE } from '../core/contract/deployment.ts';
import { fromAttributes } from '../core/store/attribute-value.ts';
import { itemKey } from '../core/store/item-keys.ts';
import { type ReadItem, SharedItems } from '../core/store/shared-items.ts';
import { type Figure, type Promised, pairedRatio } from './harness.ts';
import {
  API_ID,
  newAuthorizer,
  requestWith,
  SHARED_MILLISECONDS,
  type Stub,
  startStub,
} from './request-plane.ts';

const OUR_CALLS = 2000;
const PEER_CALLS = 50;
/** A peer's verification is many times as much code in the loop; as few calls leave ours uncompiled. */
const WARMING_CALLS = 20_000;

/** Readers don't wait, and a commit does not wait for the disk. */
const WAL = 'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL';

/** How many decisions of ours are made in the time of one verification by a peer: one process, one at a time, in turn. */
export async function peerFigures(): Promise<readonly Figure[]> {
  const stub = await startStub();
  const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
  try {
    return [
      ...(await cachedFigures(stub)),
      ...(await storedFigures(stub, folder, 'SQLite as it comes', '', { promisedAtLeast: 40 })),
      ...(await storedFigures(stub, folder, 'SQLite with a write-ahead log', WAL)),
    ];
  } finally {
    rmSync(folder, { recursive: true });
    await stub.stop();
  }
}

async function cachedFigures(stub: Stub): Promise<Figure[]> {
  const ours = await deciding(stub, newAuthorizer(stub, Number.POSITIVE_INFINITY));
  const storage = new MemoryStorage();
  const theirs = await betterAuthOn(new DatabaseSync(':memory:'), storage);
  const { token = '', longTokenHash = '' } = await generateAPIKey({ keyPrefix: 'bench' });
  const check = async () => {
    if (!checkAPIKey(token, longTokenHash)) throw new Error('prefixed-api-key refused its own key');
  };
  const name = 'our cached decisions per verification of better-auth, secondary storage in memory';
  return [
    await throughputRatio(name, ours, theirs, PEER_CALLS, { promisedAtLeast: 50 }),
    await writesOf('its writes to secondary storage per verification', theirs, () => storage.writes),
    await throughputRatio(
      'our cached decisions per check of prefixed-api-key, which decides nothing',
      ours,
      check,
      OUR_CALLS,
    ),
  ];
}

async function storedFigures(
  stub: Stub,
  folder: string,
  kind: string,
  pragmas: string,
  promise: Promised = {},
): Promise<Figure[]> {
  const open = (whose: string) => {
    const database = new DatabaseSync(join(folder, `${whose} ${kind}`));
    database.exec(pragmas);
    return database;
  };
  const ours = await deciding(stub, authorizerOn(stub, open('ours')));
  const database = open('theirs');
  const theirs = await betterAuthOn(database);
  const changes = database.prepare('SELECT total_changes() AS rows');
  const name = `our uncached decisions per verification of better-auth, both on ${kind}`;
  return [
    await throughputRatio(name, ours, theirs, PEER_CALLS, promise),
    await writesOf('its rows written per verification', theirs, () => Number(changes.get()?.rows)),
  ];
}

async function throughputRatio(
  name: string,
  ours: () => unknown,
  theirs: () => Promise<void>,
  theirCalls: number,
  promise: Promised = {},
): Promise<Figure> {
  const millisecondsPerCall = async (work: () => unknown, calls: number) => {
    const startedAt = performance.now();
    for (let i = 0; i < calls; i++) await work();
    return (performance.now() - startedAt) / calls;
  };
  return pairedRatio(name, promise, async () => [
    await millisecondsPerCall(theirs, theirCalls),
    await millisecondsPerCall(ours, OUR_CALLS),
  ]);
}

async function writesOf(
  name: string,
  verify: () => Promise<void>,
  writesSoFar: () => number,
): Promise<Figure> {
  const before = writesSoFar();
  for (let i = 0; i < PEER_CALLS; i++) await verify();
  return { name, value: (writesSoFar() - before) / PEER_CALLS, unit: '' };
}

/** A decision about the stub's key, which must be to allow it. */
async function deciding(stub: Stub, authorizer: Authorizer): Promise<() => unknown> {
  const request = requestWith(stub.key);
  const { decision } = await authorizer.authorize(request);
  if (!decision.allowed) throw new Error(`the benchmark's key was refused: ${decision.cause}`);
  const decide = () => authorizer.authorize(request);
  for (let i = 0; i < WARMING_CALLS; i++) await decide();
  return decide;
}

/** A verification of the one key in a better-auth, which has no rate limit to keep, as our decision has none. */
async function betterAuthOn(database: DatabaseSync, storage?: MemoryStorage): Promise<() => Promise<void>> {
  const options = {
    database,
    secret: createHash('sha256').update('bench').digest('hex'),
    baseURL: 'http://localhost:3000',
    emailAndPassword: { enabled: true },
    logger: { disabled: true },
    telemetry: { enabled: false },
    ...(storage && { secondaryStorage: storage }),
    plugins: [
      apiKey({
        rateLimit: { enabled: false },
        storage: storage === undefined ? 'database' : 'secondary-storage',
      }),
    ],
  } satisfies BetterAuthOptions;
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  const { api } = betterAuth(options);
  const { user } = await api.signUpEmail({
    body: { name: 'Bench', email: 'bench@example.com', password: 'a long password' },
  });
  const { key } = await api.createApiKey({ body: { userId: user.id } });
  return async () => {
    const { valid, error } = await api.verifyApiKey({ body: { key } });
    if (!valid) throw new Error(`better-auth refused its own key: ${JSON.stringify(error)}`);
  };
}

/** better-auth's secondary storage as fast as it can be: in the same process, without expiry. */
class MemoryStorage {
  readonly #values = new Map<string, string>();
  writes = 0;

  get(key: string): string | null {
    return this.#values.get(key) ?? null;
  }

  getAndDelete(key: string): string | null {
    const value = this.get(key);
    this.delete(key);
    return value;
  }

  set(key: string, value: string): void {
    this.writes++;
    this.#values.set(key, value);
  }

  delete(key: string): void {
    this.writes++;
    this.#values.delete(key);
  }

  increment(key: string): number {
    const value = Number(this.get(key) ?? 0) + 1;
    this.set(key, `${value}`);
    return value;
  }
}

/** Ours on a store of the same kind: its items as rows, of which each decision reads the key's. */
function authorizerOn(stub: Stub, database: DatabaseSync): Authorizer {
  database.exec('CREATE TABLE items (pk TEXT PRIMARY KEY, item TEXT NOT NULL) WITHOUT ROWID');
  const insert = database.prepare('INSERT INTO items VALUES (?, ?)');
  for (const item of stub.items.map(fromAttributes)) insert.run(`${item.pk}`, JSON.stringify(item));
  return newAuthorizer(stub, 0, undefined, sqliteStore(database));
}

/** What the decision about a known key from a known network asks of a store. */
function sqliteStore(database: DatabaseSync): AccessStore {
  const select = database.prepare('SELECT item FROM items WHERE pk = ?');
  const readItem = (pk: string) => {
    const row = select.get(pk);
    return row === undefined ? undefined : JSON.parse(`${row.item}`);
  };
  const shared = new SharedItems(systemClock, SHARED_MILLISECONDS);
  const readShared = (pk: string): ReadItem => {
    const known = shared.get(pk);
    if (known !== undefined) return known;
    const [began, answered] = [nextMoment(), nextMoment()];
    const read = { readAt: Date.now(), item: readItem(pk), span: { began, answered } };
    shared.keep(pk, read);
    return read;
  };
  const notAsked = async () => {
    throw new Error('the benchmark’s decision asks nothing else of its store');
  };
  return {
    apiId: API_ID,
    async read({ credentialId, tenantId = '', network }) {
      const startedAt = Date.now();
      const api = readShared(itemKey.api(API_ID).pk);
      const tenant = readShared(itemKey.tenant(tenantId).pk);
      const seen = network && readItem(itemKey.seenNetwork(credentialId, network).pk);
      return {
        readAt: Math.min(startedAt, api.readAt, tenant.readAt),
        credential: readItem(itemKey.credential(credentialId).pk),
        tenant: tenant.item as AccessRecords['tenant'],
        product: undefined,
        api: api.item as AccessRecords['api'],
        networkSeenUntil: seen?.[TTL_ATTRIBUTE],
      };
    },
    findAlias: notAsked,
    readSeenNetwork: notAsked,
    noteNetwork: notAsked,
  };
}
