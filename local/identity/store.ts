import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { StartError } from '../../emulator/start-error.ts';
import { storageCauseOf, storageFault } from '../../emulator/storage-fault.ts';

/** How a person's latest attempts to sign in went. */
export interface Attempts {
  /** Wrong passwords and codes since the last finished sign-in. */
  readonly failures: number;
  /** Milliseconds since 1970 until which every attempt is refused. */
  readonly blockedUntil: number;
  /** Time step of the last code used: neither it nor an older one is taken again. */
  readonly codeStep: number;
}

/** What identity remembers across restarts: sessions, grants, codes, refresh tokens, failed attempts. */
export interface IdentityStore {
  /** The provider's records of one model. */
  adapter(model: string): Adapter;
  attempts(sub: string): Attempts;
  recordAttempts(sub: string, attempts: Attempts): void;
  /** The secret of the authenticator app that a person set up when signing in; undefined before. */
  authenticator(sub: string): string | undefined;
  setUpAuthenticator(sub: string, totpSecret: string): void;
  close(): void;
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS record (
    model TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL,
    expires_at INTEGER, grant_id TEXT, uid TEXT, PRIMARY KEY (model, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS record_expiry ON record (expires_at);
  CREATE TABLE IF NOT EXISTS attempts (
    sub TEXT PRIMARY KEY, failures INTEGER NOT NULL, blocked_until INTEGER NOT NULL, code_step INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS authenticator (sub TEXT PRIMARY KEY, secret TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

const NO_ATTEMPTS: Attempts = { failures: 0, blockedUntil: 0, codeStep: 0 };

/**
 * Opens the store in this file, made on first use.
 * @throws StartError when the file is not a database, or can't be opened and written to.
 */
export function openIdentityStore(path: string, now: () => Date): IdentityStore {
  const database = openDatabase(path);
  const read = database.prepare(
    'SELECT failures, blocked_until AS blockedUntil, code_step AS codeStep FROM attempts WHERE sub = ?',
  );
  const write = database.prepare('INSERT OR REPLACE INTO attempts VALUES (?, ?, ?, ?)');
  const readSecret = database.prepare('SELECT secret FROM authenticator WHERE sub = ?');
  const writeSecret = database.prepare('INSERT OR IGNORE INTO authenticator VALUES (?, ?)');
  return {
    adapter: (model) => recordAdapter(database, model, now),
    attempts: (sub) => (read.get(sub) as Attempts | undefined) ?? NO_ATTEMPTS,
    recordAttempts: (sub, a) => void write.run(sub, a.failures, a.blockedUntil, a.codeStep),
    authenticator: (sub) => (readSecret.get(sub) as { secret: string } | undefined)?.secret,
    setUpAuthenticator: (sub, totpSecret) => void writeSecret.run(sub, totpSecret),
    close: () => database.close(),
  };
}

function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    database.exec(SCHEMA);
    return database;
  } catch (error) {
    database?.close();
    if (storageCauseOf(error) !== 'damaged') throw storageFault(path, error, dirname(path));
    throw new StartError(
      `${path} is damaged (${(error as Error).message}). It holds who is signed in: move it aside to start with nobody.`,
    );
  }
}

function recordAdapter(database: DatabaseSync, model: string, now: () => Date): Adapter {
  const find = database.prepare('SELECT payload FROM record WHERE model = ? AND id = ?');
  const findByUid = database.prepare('SELECT payload FROM record WHERE model = ? AND uid = ?');
  const findByUserCode = database.prepare(
    "SELECT payload FROM record WHERE model = ? AND json_extract(payload, '$.userCode') = ?",
  );
  const upsert = database.prepare('INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?)');
  const expire = database.prepare('DELETE FROM record WHERE expires_at <= ?');
  const consume = database.prepare(
    "UPDATE record SET payload = json_set(payload, '$.consumed', ?) WHERE model = ? AND id = ?",
  );
  const destroy = database.prepare('DELETE FROM record WHERE model = ? AND id = ?');
  const revoke = database.prepare('DELETE FROM record WHERE model = ? AND grant_id = ?');
  const seconds = () => Math.floor(now().getTime() / 1000);
  const payloadOf = (row: unknown) =>
    row === undefined ? undefined : (JSON.parse((row as { payload: string }).payload) as AdapterPayload);

  return {
    async upsert(id, payload, expiresIn) {
      expire.run(seconds());
      const expiresAt = expiresIn === undefined ? null : seconds() + expiresIn;
      const { grantId, uid } = payload;
      upsert.run(model, id, JSON.stringify(payload), expiresAt, grantId ?? null, uid ?? null);
    },
    find: async (id) => payloadOf(find.get(model, id)),
    findByUid: async (uid) => payloadOf(findByUid.get(model, uid)),
    findByUserCode: async (userCode) => payloadOf(findByUserCode.get(model, userCode)),
    consume: async (id) => void consume.run(seconds(), model, id),
    destroy: async (id) => void destroy.run(model, id),
    revokeByGrantId: async (grantId) => void revoke.run(model, grantId),
  };
}
