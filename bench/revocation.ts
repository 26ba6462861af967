import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { REVOCATION_SECONDS } from '../core/contract/deployment.ts';
import { signAccessToken } from '../local/identity/access-token.ts';
import { readPeople } from '../local/identity/people.ts';
import { readSigningKeys } from '../local/identity/signing-keys.ts';
import { type Runtime, startRuntime } from '../local/runtime.ts';
import { seedDemo } from '../local/seed.ts';
import { readSettings, type Settings } from '../local/settings.ts';
import { type Figure, percentile } from './harness.ts';

const GATEWAYS = 4;
const KEYS_AT_ONCE = 10;
const REVOCATIONS = 100;
const OTHER_CHANGES = 10;
/** How often each gateway is asked about each key. */
const PAUSE_MILLISECONDS = 150;
/** How long a key is watched after the promise has run out, for an admission that comes after all. */
const AFTERMATH_MILLISECONDS = 2000;

interface World {
  readonly gateways: readonly string[];
  manage(method: string, path: string, body?: object): Promise<Record<string, unknown>>;
}

/** One key under traffic, and how to end what it may do. */
interface Victim {
  readonly tenantId: string;
  readonly secret: string;
  end(): Promise<unknown>;
}

/**
 * How long, after the management API has answered, a key is still admitted somewhere: traffic runs on
 * several gateways, each with execution environments of its own, before and after the change.
 */
export async function revocationFigures(): Promise<Figure[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keywright-bench-'));
  const settings = readSettings({ PORT: `${await freePort()}`, KEYWRIGHT_DATA_DIR: dataDir });
  const runtime = await startRuntime(settings, () => new Date());
  try {
    const world = await populate(runtime, settings);
    return [
      ...(await measure('revocation', REVOCATIONS, world, keyToRevoke)),
      ...(await measure('role change', OTHER_CHANGES, world, keyWhoseRoleChanges)),
      ...(await measure('tenant suspension', OTHER_CHANGES, world, keyOfSuspendedTenant)),
    ];
  } finally {
    await runtime.close();
    await rm(dataDir, { recursive: true });
  }
}

async function measure(
  change: string,
  count: number,
  world: World,
  prepare: (world: World, index: number) => Promise<Victim>,
): Promise<Figure[]> {
  const seconds: number[] = [];
  for (let first = 0; first < count; first += KEYS_AT_ONCE) {
    const victims: Victim[] = [];
    for (let i = first; i < Math.min(first + KEYS_AT_ONCE, count); i++) victims.push(await prepare(world, i));
    // Changes fall at different moments of the records' lives, as in real traffic.
    const times = victims.map((victim, i) => timeToRefusal(world, victim, 500 + i * 333));
    // Nothing may be taken down while other keys are still being watched.
    await Promise.allSettled(times);
    seconds.push(...(await Promise.all(times)));
  }
  const figure = (name: string, percent: number, promised?: number): Figure => ({
    name: `${change}: ${name} of ${count}, until nothing is admitted`,
    value: percentile(seconds, percent),
    unit: 's',
    ...(promised !== undefined && { promised }),
  });
  return [figure('p50', 50), figure('p99', 99), figure('max', 100, REVOCATION_SECONDS)];
}

/** Seconds from the change's acknowledgement to the first refusal after which nothing was admitted. */
async function timeToRefusal(
  { gateways }: World,
  victim: Victim,
  warmUpMilliseconds: number,
): Promise<number> {
  const seen: { at: number; status: number | undefined; admitted: boolean }[] = [];
  let running = true;
  const traffic = gateways.map(async (url) => {
    while (running) {
      const status = await statusOf(url, victim);
      seen.push({ at: performance.now(), status, admitted: status === 200 });
      await sleep(PAUSE_MILLISECONDS);
    }
  });
  await sleep(warmUpMilliseconds);
  while (seen.length < 3 * gateways.length) await sleep(PAUSE_MILLISECONDS);
  const refused = seen.find(({ admitted }) => !admitted);
  if (refused !== undefined) {
    running = false;
    await Promise.all(traffic);
    throw new Error(`a key was answered with ${refused.status} before it was ended`);
  }
  await victim.end();
  const changedAt = performance.now();
  await sleep(REVOCATION_SECONDS * 1000 + AFTERMATH_MILLISECONDS);
  running = false;
  await Promise.all(traffic);
  const lastAdmission = seen.findLast(({ admitted }) => admitted)?.at ?? changedAt;
  const firstRefusal = seen.find(({ at, admitted }) => !admitted && at > lastAdmission);
  if (firstRefusal === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(0, firstRefusal.at - changedAt) / 1000;
}

async function keyToRevoke(world: World): Promise<Victim> {
  const { keyId, secret } = await createKey(world, 'tenant_acme', 'writer');
  const path = `/tenants/tenant_acme/keys/${keyId}/revoke`;
  return { tenantId: 'tenant_acme', secret, end: () => world.manage('POST', path, {}) };
}

async function keyWhoseRoleChanges(world: World, index: number): Promise<Victim> {
  const path = `/tenants/tenant_acme/roles/bench-${index}`;
  await world.manage('PUT', path, { permissions: ['orders:read'] });
  const { secret } = await createKey(world, 'tenant_acme', `bench-${index}`);
  return {
    tenantId: 'tenant_acme',
    secret,
    end: () => world.manage('PUT', path, { permissions: ['x:read'] }),
  };
}

async function keyOfSuspendedTenant(world: World, index: number): Promise<Victim> {
  const tenantId = `tenant_bench_${index}`;
  await world.manage('POST', '/tenants', { tenantId, name: 'Bench' });
  const { secret } = await createKey(world, tenantId, 'writer');
  return {
    tenantId,
    secret,
    end: () => world.manage('PATCH', `/tenants/${tenantId}`, { status: 'suspended' }),
  };
}

async function createKey(
  { manage }: World,
  tenantId: string,
  role: string,
): Promise<{ keyId: string; secret: string }> {
  const body = { name: 'bench', type: 'secret', environment: 'sandbox', role };
  const { key, secret } = await manage('POST', `/tenants/${tenantId}/keys`, body);
  return { keyId: (key as { keyId: string }).keyId, secret: String(secret) };
}

async function populate(runtime: Runtime, settings: Settings): Promise<World> {
  const token = () => adminToken(settings);
  const { dataDir, issuer } = settings;
  const { urls, vendor } = runtime;
  await seedDemo({ dataDir, managementUrl: urls.management, issuer, vendor, token });
  const authorization = `Bearer ${await token()}`;
  const gateways = [runtime.urls.gateway];
  while (gateways.length < GATEWAYS) gateways.push(await runtime.openGateway());
  return {
    gateways,
    async manage(method, path, body) {
      const response = await fetch(`${runtime.urls.management}/v1${path}`, {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (!response.ok)
        throw new Error(`${method} ${path} answered ${response.status} ${await response.text()}`);
      return (await response.json()) as Record<string, unknown>;
    },
  };
}

function adminToken({ dataDir, issuer }: Settings): Promise<string> {
  const person = readPeople(dataDir)?.find(({ role }) => role === 'admin');
  const keys = readSigningKeys(dataDir);
  if (person === undefined || keys === undefined) throw new Error('the data folder has no people');
  return signAccessToken({ person, keys, issuer, now: new Date() });
}

const agent = new Agent({ keepAlive: true });

function statusOf(gateway: string, victim: Victim, again = true): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-api-key': victim.secret, 'x-tn': victim.tenantId };
    request(`${gateway}/orders/sandbox/v1/orders`, { agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    })
      // A kept connection may be closed by the server at the moment of its reuse.
      .once('error', (error) => (again ? resolve(statusOf(gateway, victim, false)) : reject(error)))
      .end();
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? Math.min(address.port, 60_000) : 0;
}
