import { type ItemKey, itemKey } from '../../core/store/item-keys.ts';
import { type BrakeWorld, DAY_MILLISECONDS } from './brake-world.ts';
import { SECOND_ADMIN } from './management.ts';

/** Something that stops something, ready to be pulled, and what people may do to the same item meanwhile. */
export interface Brake {
  /** The item that it changes, and the edits too. */
  readonly item: ItemKey;
  /** Gives the status that it is answered with; 200 when it is done. */
  readonly pull: () => Promise<number>;
  readonly holds: () => Promise<boolean>;
  /** Nothing that has to do with the brake. */
  readonly edits: readonly (() => Promise<unknown>)[];
}

/** Without a body it is done too. */
const ok = (status: number): number => (status === 204 ? 200 : status);

/** Everything that stops something, by what it is called here; the routes of the contract by their operations. */
export const BRAKES: Readonly<Record<string, (world: BrakeWorld) => Promise<Brake>>> = {
  disableKey: async (world) => {
    const { path, stored, ...key } = await world.key();
    const holds = async () => (await stored()).status === 'disabled';
    return { ...key, holds, pull: async () => (await world.call(`POST ${path}/disable`)).status };
  },
  revokeKey: async (world) => {
    const { path, stored, ...key } = await world.key();
    const holds = async () => (await stored()).status === 'revoked';
    return { ...key, holds, pull: async () => (await world.call(`POST ${path}/revoke`, {})).status };
  },
  endOverlap: async (world) => {
    const { path, stored, ...key } = await world.key();
    await world.call(`POST ${path}/rotate`, {});
    const holds = async () => (await stored()).secrets.length === 1;
    return { ...key, holds, pull: async () => (await world.call(`POST ${path}/end-overlap`)).status };
  },
  'a key is narrowed': async (world) => {
    const { path, stored, ...key } = await world.key();
    const body = { permissions: ['orders:read'] };
    const holds = async () => (await stored()).permissions?.[0] === 'orders:read';
    return { ...key, holds, pull: async () => (await world.call(`PATCH ${path}`, body)).status };
  },
  'a key is reported as leaked': async (world) => {
    const { stored, secret, ...key } = await world.key();
    const holds = async () => (await stored()).status === 'revoked';
    const pull = async () => (await world.call('POST /v1/leaks', { keys: [secret] })).status;
    return { ...key, holds, pull };
  },
  'the older secret of a key is reported as leaked': async (world) => {
    const { path, stored, secret, ...key } = await world.key();
    await world.call(`POST ${path}/rotate`, {});
    const holds = async () => {
      const { status, secrets } = await stored();
      return status === 'active' && secrets.length === 1;
    };
    const pull = async () => (await world.call('POST /v1/leaks', { keys: [secret] })).status;
    return { ...key, holds, pull };
  },
  'a key ends by itself': async (world) => {
    const expiresAt = new Date(world.management.clock.getTime() + 2 * DAY_MILLISECONDS).toISOString();
    const key = await world.key({ expiresAt });
    let told = 0;
    const pull = async () => {
      told = await world.sweepIn(3);
      return 200;
    };
    return { ...key, holds: async () => told > 0, pull };
  },
  updateTenant: async (world) => {
    const tenantId = await world.tenant();
    const path = `/v1/tenants/${tenantId}`;
    return {
      item: itemKey.tenant(tenantId),
      edits: tenantEdits(world, path),
      holds: async () => (await world.management.tenants.get(tenantId))?.status === 'suspended',
      pull: async () => (await world.call(`PATCH ${path}`, { status: 'suspended' })).status,
    };
  },
  'a role is taken away': async (world) => {
    const tenantId = await world.tenant();
    const path = `/v1/tenants/${tenantId}`;
    return {
      item: itemKey.tenant(tenantId),
      edits: tenantEdits(world, path),
      holds: async () => (await world.management.tenants.get(tenantId))?.roles.writer === undefined,
      pull: async () => {
        const { status } = await world.call(`DELETE ${path}/roles/writer`);
        return status === 204 ? 200 : status;
      },
    };
  },
  'a role is narrowed': async (world) => {
    const tenantId = await world.tenant();
    const path = `/v1/tenants/${tenantId}`;
    const body = { permissions: ['orders:read'] };
    return {
      item: itemKey.tenant(tenantId),
      edits: tenantEdits(world, path),
      holds: async () => {
        const tenant = await world.management.tenants.get(tenantId);
        return tenant?.roles.writer?.permissions[0] === 'orders:read';
      },
      pull: async () => (await world.call(`PUT ${path}/roles/writer`, body)).status,
    };
  },
  deleteKeyRotation: async (world) => {
    const { path, stored, ...key } = await world.key();
    await world.call(`PUT ${path}/rotation`, { principalArn: 'arn:aws:iam::000000000000:role/Rotate' });
    const holds = async () => (await stored()).rotation === undefined;
    return { ...key, holds, pull: async () => ok((await world.call(`DELETE ${path}/rotation`)).status) };
  },
  deleteSubscriptionRotation: async (world) => {
    const { path, stored, ...subscription } = await world.subscription();
    await world.call(`PUT ${path}/rotation`, { principalArn: 'arn:aws:iam::000000000000:role/Rotate' });
    const holds = async () => (await stored()).rotation === undefined;
    const pull = async () => ok((await world.call(`DELETE ${path}/rotation`)).status);
    return { ...subscription, holds, pull };
  },
  unpublishClientKey: async (world) => {
    const { path, stored, ...api } = await world.publishedApi();
    const holds = async () => (await stored()).publicClientKey === undefined;
    const pull = async () => (await world.call(`POST ${path}/client-key/unpublish`)).status;
    return { ...api, holds, pull };
  },
  suspendSubscription: async (world) => {
    const { path, stored, ...subscription } = await world.subscription();
    const holds = async () => (await stored()).state === 'suspended';
    const pull = async () => (await world.call(`POST ${path}/suspend`, {})).status;
    return { ...subscription, holds, pull };
  },
  cancelSubscription: async (world) => {
    const { path, stored, ...subscription } = await world.subscription();
    const holds = async () => (await stored()).state === 'cancelled';
    const pull = async () => (await world.call(`POST ${path}/cancel`, {})).status;
    return { ...subscription, holds, pull };
  },
  rejectSubscription: async (world) => {
    const { path, stored, ...subscription } = await world.subscription('approved');
    const holds = async () => (await stored()).state === 'rejected';
    const pull = async () => (await world.call(`POST ${path}/reject`, {})).status;
    return { ...subscription, holds, pull };
  },
  withdrawSubscription: async (world) => {
    const { path, stored, ...subscription } = await world.subscription('approved');
    const holds = async () => (await stored()).state === 'cancelled';
    const pull = async () => (await world.call(`POST ${path}/withdraw`, {})).status;
    return { ...subscription, holds, pull };
  },
  'a subscription’s key is replaced': async (world) => {
    const { path, stored, ...subscription } = await world.subscription();
    const { hint } = (await stored()).slots.primary;
    const holds = async () => (await stored()).slots.primary.hint !== hint;
    const pull = async () => (await world.call(`POST ${path}/keys/primary/regenerate`)).status;
    return { ...subscription, holds, pull };
  },
  'a subscription’s key is reported as leaked': async (world) => {
    const { path, stored, ...subscription } = await world.subscription();
    const { primaryKey } = (await world.call(`POST ${path}/keys/reveal`)).body;
    const holds = async () => (await stored()).slots.primary.leakedAt !== undefined;
    const pull = async () => (await world.call('POST /v1/leaks', { keys: [primaryKey] })).status;
    return { ...subscription, holds, pull };
  },
  'a client key is replaced': async (world) => {
    const { apiId, path, stored, edits } = await anApi(world);
    const { hint } = (await stored()).clientKey ?? {};
    return {
      item: itemKey.api(apiId),
      edits,
      holds: async () => (await stored()).clientKey?.hint !== hint,
      pull: async () => (await world.call(`POST ${path}/client-key/regenerate`)).status,
    };
  },
  'an API asks for its client key': async (world) => {
    const { apiId, path, stored, edits } = await anApi(world);
    return {
      item: itemKey.api(apiId),
      edits,
      holds: async () => (await stored()).clientKeyRequired === true,
      pull: async () => (await world.call(`PATCH ${path}`, { clientKeyRequired: true })).status,
    };
  },
  'a product loses an API': async (world) => {
    const apiIds = [(await anApi(world)).apiId, (await anApi(world)).apiId];
    const { productId } = (await world.call('POST /v1/products', { name: 'Bundle', apiIds })).body;
    const path = `/v1/products/${productId}`;
    return {
      item: itemKey.product(productId),
      edits: [() => world.call(`PATCH ${path}`, { name: world.name() })],
      holds: async () => (await world.management.products.get(productId))?.apiIds.length === 1,
      pull: async () => (await world.call(`PATCH ${path}`, { apiIds: apiIds.slice(0, 1) })).status,
    };
  },
  'an approved revocation': async (world) => {
    const { tenantId, path, stored, ...key } = await world.key();
    await world.guard(tenantId);
    const approvalId = await world.ask(`POST ${path}/revoke`);
    const holds = async () => (await stored()).status === 'revoked';
    return { ...key, holds, pull: () => world.approve(approvalId) };
  },
  'an approved cancellation': async (world) => {
    const { tenantId, path, stored, item } = await world.subscription();
    await world.guard(tenantId);
    const approvalId = await world.ask(`POST ${path}/cancel`);
    const holds = async () => (await stored()).state === 'cancelled';
    return { item, edits: [() => world.touch(item)], holds, pull: () => world.approve(approvalId) };
  },
  'an approved change of a role': async (world) => {
    const tenantId = await world.tenant();
    await world.guard(tenantId);
    const path = `/v1/tenants/${tenantId}`;
    const approvalId = await world.ask(`DELETE ${path}/roles/writer`);
    return {
      item: itemKey.tenant(tenantId),
      edits: [() => world.call(`PATCH ${path}`, { name: world.name() })],
      holds: async () => (await world.management.tenants.get(tenantId))?.roles.writer === undefined,
      pull: () => world.approve(approvalId),
    };
  },
  rejectApproval: async (world) => {
    const { tenantId, path } = await world.key();
    await world.guard(tenantId);
    const approvalId = await world.ask(`POST ${path}/rotate`);
    const reject = `POST /v1/approvals/${approvalId}/reject`;
    return {
      item: itemKey.approval(approvalId),
      edits: [() => world.touch(itemKey.approval(approvalId))],
      holds: async () => (await world.management.approvals.get(approvalId))?.state === 'rejected',
      pull: async () => (await world.call(reject, undefined, SECOND_ADMIN)).status,
    };
  },
  withdrawApproval: async (world) => {
    const { tenantId, path } = await world.key();
    await world.guard(tenantId);
    const approvalId = await world.ask(`POST ${path}/rotate`);
    return {
      item: itemKey.approval(approvalId),
      edits: [() => world.touch(itemKey.approval(approvalId))],
      holds: async () => (await world.management.approvals.get(approvalId))?.state === 'withdrawn',
      pull: async () => (await world.call(`POST /v1/approvals/${approvalId}/withdraw`)).status,
    };
  },
};

function tenantEdits(world: BrakeWorld, path: string): Brake['edits'] {
  return [
    () => world.call(`PATCH ${path}`, { name: world.name() }),
    () => world.call(`PUT ${path}/roles/clerk`, { permissions: ['orders:*'], description: world.name() }),
    () => world.call(`PUT ${path}/roles/reader`, { permissions: ['*:read'], description: world.name() }),
  ];
}

async function anApi(world: BrakeWorld) {
  const body = { name: 'payments', environment: 'live', scheme: 'subscription' };
  const { apiId } = (await world.call('POST /v1/apis', body)).body;
  const path = `/v1/apis/${apiId}`;
  const stored = async () => {
    const found = await world.management.apis.get(apiId);
    if (found === undefined) throw new Error('the API is gone');
    return found;
  };
  return { apiId, path, stored, edits: [() => world.call(`PATCH ${path}`, { name: world.name() })] };
}
