import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { configFolder, readJson, writeJson } from './profile.ts';

/** What a sign-in gave. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken?: string | undefined;
  /** ISO 8601. */
  readonly expiresAt: string;
}

const SERVICE = 'keywright';
const FILE = 'tokens.json';
const LONGEST_TURN_MILLISECONDS = 30_000;

interface Entry {
  getPassword(): string | null;
  setPassword(text: string): void;
  deletePassword(): boolean;
}

/** The system's keychain, where there is one; otherwise a file for its owner alone. */
export class TokenStore {
  readonly #profile: string;
  readonly #warn: (text: string) => void;
  #entry: Promise<Entry | undefined> | undefined;

  /** @param warn told once, where tokens are kept in a file */
  constructor(profile: string, warn: (text: string) => void) {
    this.#profile = profile;
    this.#warn = warn;
  }

  async read(): Promise<Tokens | undefined> {
    const text = passwordOf(await this.#keychain());
    if (text) return JSON.parse(text) as Tokens;
    return readJson<Record<string, Tokens>>(FILE)?.[this.#profile];
  }

  async write(tokens: Tokens): Promise<void> {
    const entry = await this.#keychain();
    try {
      if (entry !== undefined) return entry.setPassword(JSON.stringify(tokens));
    } catch {
      // A keychain that is locked, or too small for a token: the file takes it.
    }
    if (!existsSync(join(configFolder(), FILE)))
      this.#warn(
        `there is no keychain here: tokens are kept in ${join(configFolder(), FILE)}, for you alone`,
      );
    writeJson(FILE, { ...readJson<Record<string, Tokens>>(FILE), [this.#profile]: tokens });
  }

  async remove(): Promise<void> {
    try {
      (await this.#keychain())?.deletePassword();
    } catch {
      // There was none.
    }
    const { [this.#profile]: _, ...others } = readJson<Record<string, Tokens>>(FILE) ?? {};
    if (existsSync(join(configFolder(), FILE))) writeJson(FILE, others);
  }

  #keychain(): Promise<Entry | undefined> {
    this.#entry ??= keychainEntry(this.#profile);
    return this.#entry;
  }
}

function passwordOf(entry: Entry | undefined): string | null | undefined {
  try {
    return entry?.getPassword();
  } catch {
    return undefined;
  }
}

/** Undefined where the platform has no keychain, or the package was not installed. */
async function keychainEntry(profile: string): Promise<Entry | undefined> {
  if (process.env.KEYWRIGHT_NO_KEYCHAIN) return undefined;
  try {
    const { Entry } = await import('@napi-rs/keyring');
    const entry = new Entry(SERVICE, profile);
    entry.getPassword();
    return entry;
  } catch {
    return undefined;
  }
}

/**
 * One command of several at a time: a refresh token is good once, and a second use of it ends the sign-in.
 * Whoever died in its turn is not waited for longer than half a minute.
 */
export async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const path = join(configFolder(), 'tokens.lock');
  mkdirSync(configFolder(), { recursive: true, mode: 0o700 });
  for (;;) {
    try {
      closeSync(openSync(path, 'wx', 0o600));
      break;
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error;
      // What has gone by now may be there again, as somebody's turn that has just begun.
      const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
      if (Date.now() - since > LONGEST_TURN_MILLISECONDS) rmSync(path, { force: true });
      else await wait(50);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}
