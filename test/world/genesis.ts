import type { Admins } from './admins.ts';
import type { Cast } from './cast.ts';
import type { ControlPlane } from './control-plane.ts';
import { AUDIENCE, ISSUER } from './issuer.ts';
import type { Deed } from './script.ts';
import type { World } from './world.ts';

const IMPORTS = 3;
/** The key at index 3, whose limit bursts are asked against. */
const LIMITED = { limit: 20, windowSeconds: 60 };

/** What there is at the beginning of every run, made by the product's own operations. */
export async function genesis(world: World, cast: Cast, admins: Admins, plane: ControlPlane): Promise<void> {
  const post = async (line: string, body: object) => {
    const answer = await plane.call({ line, body, person: 'operator', requestId: `genesis ${line}` });
    if (answer.status >= 300) throw new Error(`${line}: ${JSON.stringify(answer)}`);
    return answer.body;
  };
  const orders = await post('POST /v1/apis', { name: 'orders', environment: 'live', scheme: 'tenant' });
  const payments = await post('POST /v1/apis', {
    name: 'payments',
    environment: 'live',
    scheme: 'subscription',
    clientKeyRequired: true,
    oauth: { issuer: ISSUER, audience: AUDIENCE, requiredScopes: [], requiredRoles: [] },
  });
  [cast.ordersApi, cast.paymentsApi] = [orders.apiId, payments.apiId];
  cast.clientKey = (await post(`POST /v1/apis/${payments.apiId}/client-key/reveal`, {})).clientKey;
  const product = { name: 'payments', apiIds: [payments.apiId], requiresApproval: false };
  cast.productId = (await post('POST /v1/products', product)).productId;
  for (const tenantId of ['tenant_one', 'tenant_two']) {
    await post('POST /v1/tenants', { tenantId, name: tenantId });
    cast.tenants.push(tenantId);
  }
  cast.imports.push(...Array.from({ length: IMPORTS }, (_, i) => ({ text: importedText(world, i) })));
  const does = (deed: Deed) => admins.do(deed, 0, plane);
  for (const tenant of [0, 1]) {
    await does({ op: 'putRole', tenant, role: 'clerk', permissions: ['orders:read', 'orders:write'] });
  }
  for (const role of ['clerk', 'clerk', 'writer', 'writer']) await does({ op: 'createKey', tenant: 0, role });
  await does({ op: 'createKey', tenant: 1, role: 'clerk' });
  await does({ op: 'restrictKey', key: 2, permissions: ['orders:*'] });
  const limited = cast.key(3);
  await plane.call({
    line: `PATCH /v1/tenants/${limited.tenantId}/keys/${limited.keyId}`,
    body: { rateLimits: [LIMITED] },
    person: 'operator',
    requestId: 'genesis limits',
  });
  for (const subscription of [0, 1]) {
    await does({ op: 'createSubscription', tenant: subscription });
    await does({ op: 'revealKeys', subscription });
  }
}

/** As another vendor's. */
function importedText(world: World, index: number): string {
  return `other_${index}_${world.chance.bytes(24).toString('hex')}`;
}
