import type { Figure } from './harness.ts';
import { type LocalDeployment, withLocalDeployment } from './local-deployment.ts';
import { statusOf, untilRefused, type Victim } from './until-refused.ts';

const GATEWAYS = 4;
const KEYS_AT_ONCE = 10;
const REVOCATIONS = 100;
const OTHER_CHANGES = 10;

interface World extends Pick<LocalDeployment, 'manage'> {
  readonly gateways: readonly string[];
}

/**
 * How long, after the management API has answered, a key is still admitted somewhere: traffic runs on
 * several gateways, each with execution environments of its own, before and after the change.
 */
export function revocationFigures(): Promise<Figure[]> {
  return withLocalDeployment(async ({ runtime, manage }) => {
    const gateways = [runtime.urls.gateway];
    while (gateways.length < GATEWAYS) gateways.push(await runtime.openGateway());
    const world = { manage, gateways };
    const measure = (
      change: string,
      count: number,
      prepare: (world: World, index: number) => Promise<Victim>,
    ) => untilRefused(change, { count, atOnce: KEYS_AT_ONCE }, (index) => prepare(world, index));
    return [
      ...(await measure('revocation', REVOCATIONS, keyToRevoke)),
      ...(await measure('role change', OTHER_CHANGES, keyWhoseRoleChanges)),
      ...(await measure('tenant suspension', OTHER_CHANGES, keyOfSuspendedTenant)),
    ];
  });
}

async function keyToRevoke(world: World): Promise<Victim> {
  const { keyId, asks } = await createKey(world, 'tenant_acme', 'writer');
  const path = `/tenants/tenant_acme/keys/${keyId}/revoke`;
  return { asks, end: () => world.manage('POST', path, {}) };
}

async function keyWhoseRoleChanges(world: World, index: number): Promise<Victim> {
  const path = `/tenants/tenant_acme/roles/bench-${index}`;
  await world.manage('PUT', path, { permissions: ['orders:read'] });
  const { asks } = await createKey(world, 'tenant_acme', `bench-${index}`);
  return { asks, end: () => world.manage('PUT', path, { permissions: ['x:read'] }) };
}

async function keyOfSuspendedTenant(world: World, index: number): Promise<Victim> {
  const tenantId = `tenant_bench_${index}`;
  await world.manage('POST', '/tenants', { tenantId, name: 'Bench' });
  const { asks } = await createKey(world, tenantId, 'writer');
  return { asks, end: () => world.manage('PATCH', `/tenants/${tenantId}`, { status: 'suspended' }) };
}

async function createKey(
  { manage, gateways }: World,
  tenantId: string,
  role: string,
): Promise<{ keyId: string; asks: Victim['asks'] }> {
  const body = { name: 'bench', type: 'secret', environment: 'sandbox', role };
  const { key, secret } = await manage('POST', `/tenants/${tenantId}/keys`, body);
  const headers = { 'x-api-key': String(secret), 'x-tn': tenantId };
  const asks = gateways.map((url) => () => statusOf(`${url}/orders/sandbox/v1/orders`, headers));
  return { keyId: (key as { keyId: string }).keyId, asks };
}
