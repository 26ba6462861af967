import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../emulator/listen.ts';
import { signAccessToken } from '../local/identity/access-token.ts';
import { type Person, readPeople } from '../local/identity/people.ts';
import { readSigningKeys } from '../local/identity/signing-keys.ts';
import { type Runtime, startRuntime } from '../local/runtime.ts';
import { seedDemo } from '../local/seed.ts';
import { readSettings } from '../local/settings.ts';

/** All of Keywright on this machine, in a folder of its own, with the demonstration in it. */
export interface LocalDeployment {
  readonly runtime: Runtime;
  readonly dataDir: string;
  /** Calls the management API as an admin of every tenant, below `/v1`. @throws Error unless it succeeds */
  manage(method: string, path: string, body?: object): Promise<Record<string, unknown>>;
  /** The same as whoever has this access token. */
  call(token: string, method: string, path: string, body?: object): Promise<Record<string, unknown>>;
  /** An access token of somebody who just signed in with a second factor; it may name no role. */
  tokenOf(person: Pick<Person, 'sub' | 'email' | 'tenants'> & Partial<Person>): Promise<string>;
}

/** Starts a deployment, measures something of it, and takes it down. */
export async function withLocalDeployment<Result>(
  measure: (deployment: LocalDeployment) => Promise<Result>,
): Promise<Result> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keywright-bench-'));
  const settings = readSettings({ PORT: `${await freePorts()}`, KEYWRIGHT_DATA_DIR: dataDir });
  const { issuer } = settings;
  const runtime = await startRuntime(settings, () => new Date());
  try {
    const { urls, vendor } = runtime;
    const tokenOf: LocalDeployment['tokenOf'] = (person) => {
      const keys = readSigningKeys(dataDir);
      if (keys === undefined) throw new Error('the data folder has no signing keys');
      return signAccessToken({ person: person as Person, keys, issuer, now: new Date() });
    };
    const token = () => tokenOf(adminOf(dataDir));
    await seedDemo({ dataDir, managementUrl: urls.management, issuer, vendor, token });
    const call: LocalDeployment['call'] = (own, method, path, body) =>
      callApi(`${urls.management}/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${own}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    const admins = await token();
    const manage: LocalDeployment['manage'] = (method, path, body) => call(admins, method, path, body);
    return await measure({ runtime, dataDir, tokenOf, call, manage });
  } finally {
    await runtime.close();
    await rm(dataDir, { recursive: true });
  }
}

async function callApi(url: string, request: RequestInit): Promise<Record<string, unknown>> {
  let response = await fetch(url, request);
  // On a busy machine the edge's function has no time, or others were first: then nothing was done.
  for (let again = 0; again < 5 && response.status >= 502; again++) response = await fetch(url, request);
  const text = await response.text();
  if (!response.ok) throw new Error(`${request.method} ${url} answered ${response.status} ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
}

function adminOf(dataDir: string): Person {
  const person = readPeople(dataDir)?.find(({ role }) => role === 'admin');
  if (person === undefined) throw new Error('the data folder has no people');
  return person;
}
