import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  DEMO_APIS,
  DEMO_KEYS,
  DEMO_ROLE,
  DEMO_TENANT,
  type DemoKeyName,
  type DemoNotes,
  type DemoSecrets,
  demoFile,
} from './demo.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

const TENANT_PATH = `/v1/tenants/${DEMO_TENANT.tenantId}`;

interface KeyAnswer {
  readonly key: { readonly keyId: string };
  /** Missing where the key had been created before. */
  readonly secret?: string;
}

/**
 * Creates the demonstration through the management API, as an admin would, unless an earlier start has.
 * Each step can be repeated: a seeding that was cut off is taken up where it stopped.
 * @param managementUrl address of the management API, without a trailing slash
 * @param token gives an admin's access token
 * @returns the demonstration's keys
 */
export async function seedDemo(o: {
  dataDir: string;
  managementUrl: string;
  token: () => Promise<string>;
}): Promise<DemoSecrets> {
  const path = join(o.dataDir, 'demo.json');
  const notes: DemoNotes = readPrivateFile(path, demoFile) ?? { seedId: randomUUID(), done: false, keys: {} };
  if (!notes.done) {
    const write = () => writePrivateFile(path, notes);
    write();
    await seed(notes, write, managementClient(o.managementUrl, await o.token()));
    notes.done = true;
    write();
  }
  return Object.fromEntries(
    Object.entries(notes.keys).map(([name, { secret }]) => [name, secret]),
  ) as DemoSecrets;
}

async function seed(notes: DemoNotes, write: () => void, call: ManagementClient): Promise<void> {
  const step = (name: string) => `demo-${notes.seedId}-${name}`;
  // One after the other where one function serves them: several of its instances would load for a moment's use.
  const tenants = async () => {
    await call('POST', '/v1/tenants', DEMO_TENANT, step(DEMO_TENANT.tenantId));
    const { role, ...permissions } = DEMO_ROLE;
    await call('PUT', `${TENANT_PATH}/roles/${role}`, permissions);
  };
  const apis = async () => {
    for (const api of DEMO_APIS) await call('POST', '/v1/apis', api, step(api.apiId));
  };
  await Promise.all([tenants(), apis()]);
  for (const name of Object.keys(DEMO_KEYS) as DemoKeyName[]) {
    if (notes.keys[name] !== undefined) continue;
    const created = await call<KeyAnswer>('POST', `${TENANT_PATH}/keys`, DEMO_KEYS[name], step(name));
    const { keyId } = created.key;
    const secret = created.secret ?? (await replaceSecret(call, keyId));
    notes.keys[name] = { keyId, secret };
    write();
  }
}

/** The secret of a key that was created before, but whose secret was lost with the process that saw it. */
async function replaceSecret(call: ManagementClient, keyId: string): Promise<string> {
  const rotated = await call<KeyAnswer>('POST', `${TENANT_PATH}/keys/${keyId}/rotate`, { overlapSeconds: 0 });
  return String(rotated.secret);
}

type ManagementClient = <T = unknown>(
  method: string,
  path: string,
  body: object,
  idempotencyKey?: string,
) => Promise<T>;

function managementClient(url: string, token: string): ManagementClient {
  return async (method, path, body, idempotencyKey) => {
    const response = await fetch(url + path, {
      method,
      body: JSON.stringify(body),
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(
        `The demonstration can't be set up: ${method} ${path} answered ${response.status} ${text}`,
      );
    }
    return JSON.parse(text);
  };
}
