import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { readPrivateFile, writePrivateFile } from '../emulator/private-file.ts';
import { StartError } from '../emulator/start-error.ts';
import {
  DEMO_KEYS,
  DEMO_PRODUCT,
  DEMO_ROLE,
  DEMO_SUBSCRIPTION_APIS,
  DEMO_SUBSCRIPTIONS,
  DEMO_TENANT,
  DEMO_TENANT_APIS,
  type DemoKeyName,
  type DemoNotes,
  type DemoSecrets,
  type DemoSubscriptionName,
  demoFile,
  paymentsToken,
} from './demo.ts';
import { DEMO_DESCRIPTIONS, DEMO_DOCUMENTS } from './demo-catalogue.ts';
import { type ManagementClient, managementClient } from './management-client.ts';

const TENANT_PATH = `/v1/tenants/${DEMO_TENANT.tenantId}`;

interface KeyAnswer {
  readonly key: { readonly keyId: string };
  /** Missing where the key had been created before. */
  readonly secret?: string;
}

interface SubscriptionAnswer {
  readonly subscriptionId: string;
  readonly state: string;
}

interface SlotKeys {
  readonly primaryKey: string;
  readonly secondaryKey: string;
}

interface Seeding {
  readonly notes: DemoNotes & { issuer: string };
  /** Writes the notes down. */
  write(): void;
  readonly call: ManagementClient;
  /** Undefined where the APIs are not on this machine. */
  readonly gatewayUrl: string | undefined;
  /** The idempotency key of one creation. */
  step(name: string): string;
}

/**
 * Creates the demonstration through the management API, as an admin would, as far as earlier starts have
 * not. Each step can be repeated: a seeding that was cut off is taken up where it stopped.
 * @param managementUrl address of the management API, without a trailing slash
 * @param issuer of the tokens that the payments API requires; it moves with the port
 * @param vendor what keys begin with
 * @param gatewayUrl address of the gateway of this machine; it moves with the port, as the issuer does
 * @param token gives an admin's access token
 * @returns the demonstration's keys
 * @throws StartError where the data folder's keys begin with another vendor
 */
export async function seedDemo(o: {
  dataDir: string;
  managementUrl: string;
  issuer: string;
  vendor: string;
  token: () => Promise<string>;
  gatewayUrl?: string;
}): Promise<DemoSecrets> {
  const path = join(o.dataDir, 'demo.json');
  const found = readPrivateFile(path, demoFile);
  const notes = {
    ...(found ?? { seedId: randomUUID(), vendor: o.vendor, keys: {}, subscriptions: {}, clientKeys: {} }),
    issuer: found?.issuer ?? o.issuer,
  };
  if (notes.vendor !== o.vendor) throw otherVendor(o.dataDir, notes.vendor, o.vendor);
  if (isComplete(notes) && notes.issuer === o.issuer) return secretsOf(notes);

  const seeding: Seeding = {
    notes,
    write: () => writePrivateFile(path, notes),
    call: managementClient(o.managementUrl, await o.token()),
    gatewayUrl: o.gatewayUrl,
    step: (name) => `demo-${notes.seedId}-${name}`,
  };
  seeding.write();
  if (!isComplete(notes)) await seed(seeding);
  if (notes.issuer !== o.issuer) await moveIssuer(seeding, o.issuer);
  return secretsOf(notes);
}

function otherVendor(dataDir: string, was: string, is: string): StartError {
  const [before, now] = [was, is].map((vendor) => (vendor === '' ? 'no vendor' : `the vendor ${vendor}`));
  return new StartError(
    `The keys of ${dataDir} begin with ${before}, and cdk.json now says ${now}, under which none of them works; put it back, or set KEYWRIGHT_DATA_DIR to a new folder.`,
  );
}

function isComplete({ keys, subscriptions, clientKeys }: DemoNotes): boolean {
  return (
    Object.keys(DEMO_KEYS).every((name) => name in keys) &&
    Object.keys(DEMO_SUBSCRIPTIONS).every((name) => name in subscriptions) &&
    DEMO_SUBSCRIPTION_APIS.every(({ environment }) => environment in clientKeys)
  );
}

function secretsOf({ keys, subscriptions, clientKeys }: DemoNotes): DemoSecrets {
  const secrets = Object.entries(keys).map(([name, { secret }]) => [name, secret]);
  return { keys: Object.fromEntries(secrets), subscriptions, clientKeys } as DemoSecrets;
}

/** One call after the other where one function serves them: several of its instances would load for a moment's use. */
async function seed(seeding: Seeding): Promise<void> {
  await Promise.all([seedTenant(seeding), seedApis(seeding)]);
  await Promise.all([seedKeys(seeding), seedSubscriptions(seeding), seedClientKeys(seeding)]);
}

async function seedTenant({ call, step }: Seeding): Promise<void> {
  await call('POST', '/v1/tenants', DEMO_TENANT, step(DEMO_TENANT.tenantId));
  const { role, ...permissions } = DEMO_ROLE;
  await call('PUT', `${TENANT_PATH}/roles/${role}`, permissions);
}

/** Where the gateway of this machine has an API. */
function baseUrlOf({ name, environment }: { name: string; environment: string }, gatewayUrl: string): string {
  return `${gatewayUrl}/${name}/${environment}`;
}

async function seedApis({ notes, call, step, gatewayUrl }: Seeding): Promise<void> {
  const oauth = paymentsToken(notes.issuer);
  const apis = [...DEMO_TENANT_APIS, ...DEMO_SUBSCRIPTION_APIS.map((api) => ({ ...api, oauth }))];
  for (const api of apis) {
    const description = DEMO_DESCRIPTIONS[api.name];
    await call('POST', '/v1/apis', { ...api, description }, step(api.apiId));
    if (gatewayUrl !== undefined)
      await call('PATCH', `/v1/apis/${api.apiId}`, { baseUrl: baseUrlOf(api, gatewayUrl) });
    await call('PUT', `/v1/apis/${api.apiId}/openapi`, DEMO_DOCUMENTS[api.name] ?? {});
  }
}

async function seedKeys({ notes, write, call, step }: Seeding): Promise<void> {
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

/** The ids of the products, by environment. */
async function seedProducts({ call, step }: Seeding): Promise<ReadonlyMap<string, string>> {
  const productIds = new Map<string, string>();
  for (const { environment, apiId } of DEMO_SUBSCRIPTION_APIS) {
    const product = { ...DEMO_PRODUCT, apiIds: [apiId] };
    const created = await call<{ productId: string }>(
      'POST',
      '/v1/products',
      product,
      step(`product-${environment}`),
    );
    productIds.set(environment, created.productId);
  }
  return productIds;
}

async function seedSubscriptions(seeding: Seeding): Promise<void> {
  const { notes, write, call, step } = seeding;
  const productIds = await seedProducts(seeding);
  for (const key of Object.keys(DEMO_SUBSCRIPTIONS) as DemoSubscriptionName[]) {
    if (notes.subscriptions[key] !== undefined) continue;
    const { approved, environment, name } = DEMO_SUBSCRIPTIONS[key];
    const request = { tenantId: DEMO_TENANT.tenantId, productId: productIds.get(environment), name };
    const subscription = await call<SubscriptionAnswer>('POST', '/v1/subscriptions', request, step(key));
    const { subscriptionId, state } = subscription;
    const path = `/v1/subscriptions/${subscriptionId}`;
    if (approved && state === 'pending') await call('POST', `${path}/approve`, {});
    const { primaryKey, secondaryKey } = await call<SlotKeys>('POST', `${path}/keys/reveal`, {});
    notes.subscriptions[key] = { subscriptionId, primaryKey, secondaryKey };
    write();
  }
}

async function seedClientKeys({ notes, write, call }: Seeding): Promise<void> {
  for (const { apiId, environment } of DEMO_SUBSCRIPTION_APIS) {
    if (notes.clientKeys[environment] !== undefined) continue;
    const path = `/v1/apis/${apiId}/client-key/reveal`;
    const { clientKey } = await call<{ clientKey: string }>('POST', path, {});
    notes.clientKeys[environment] = clientKey;
    write();
  }
}

/** Tells the payments API of the issuer's new address, and callers of the gateway's. */
async function moveIssuer({ notes, write, call, gatewayUrl }: Seeding, issuer: string): Promise<void> {
  for (const { apiId } of DEMO_SUBSCRIPTION_APIS) {
    await call('PATCH', `/v1/apis/${apiId}`, { oauth: paymentsToken(issuer) });
  }
  for (const api of gatewayUrl === undefined ? [] : [...DEMO_TENANT_APIS, ...DEMO_SUBSCRIPTION_APIS]) {
    await call('PATCH', `/v1/apis/${api.apiId}`, { baseUrl: baseUrlOf(api, String(gatewayUrl)) });
  }
  notes.issuer = issuer;
  write();
}
