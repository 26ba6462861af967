import { randomBytes } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../../core/aws/document-client.ts';
import { CredentialStore } from '../../core/store/credential-store.ts';
import { DueStore } from '../../core/store/due-store.ts';
import { readItem } from '../../core/store/item.ts';
import { credentialIdOf, type ItemKey, itemKey } from '../../core/store/item-keys.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { SECOND_ADMIN, type TestAnswer, type TestClaims, type TestManagement } from './management.ts';

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

const NEW_KEY = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
const DAY_MILLISECONDS = 86_400_000;

/** Where brakes are tried: each has things of its own, and a tenant of its own where it changes one. */
export class BrakeWorld {
  readonly management: TestManagement;
  readonly #table: Table;
  #names = 0;
  #products: Promise<{ apiId: string; approved: string; immediate: string }> | undefined;

  constructor(management: TestManagement, table: Table) {
    this.management = management;
    this.#table = table;
  }

  call(methodAndPath: string, body?: object, claims?: TestClaims): Promise<TestAnswer> {
    return this.management.call(methodAndPath, { ...(body && { body }), ...(claims && { claims }) });
  }

  name(): string {
    return `Name ${++this.#names}`;
  }

  async tenant(): Promise<string> {
    const tenantId = `tenant_brake_${++this.#names}`;
    await this.call('POST /v1/tenants', { tenantId, name: 'Brakes' });
    return tenantId;
  }

  /** A key of a tenant's own, its secret, and edits of it. */
  async key(more: object = {}) {
    const tenantId = await this.tenant();
    const keys = `/v1/tenants/${tenantId}/keys`;
    const { key, secret } = (await this.call(`POST ${keys}`, { ...NEW_KEY, ...more })).body;
    const path = `${keys}/${key.keyId}`;
    const stored = async () => {
      const found = await this.management.keys.get(tenantId, key.keyId);
      if (found === undefined) throw new Error('the key is gone');
      return found;
    };
    const edits = [
      () => this.call(`PATCH ${path}`, { name: this.name() }),
      () => this.call(`PATCH ${path}`, { metadata: { note: this.name() } }),
    ];
    return {
      tenantId,
      path,
      secret: String(secret),
      stored,
      edits,
      item: itemKey.credential(credentialIdOf(key.keyId)),
    };
  }

  products() {
    this.#products ??= this.#makeProducts();
    return this.#products;
  }

  async #makeProducts() {
    const api = { name: 'payments', environment: 'live', scheme: 'subscription' };
    const { apiId } = (await this.call('POST /v1/apis', api)).body;
    const product = async (requiresApproval: boolean): Promise<string> => {
      const body = { name: 'Payments', apiIds: [apiId], requiresApproval };
      return (await this.call('POST /v1/products', body)).body.productId;
    };
    return { apiId, approved: await product(true), immediate: await product(false) };
  }

  /** A subscription of a tenant's own, and what others do to it meanwhile. */
  async subscription(which: 'approved' | 'immediate' = 'immediate') {
    const tenantId = await this.tenant();
    const productId = (await this.products())[which];
    const made = await this.call('POST /v1/subscriptions', { tenantId, productId, name: 'Shop' });
    const { subscriptionId } = made.body;
    const path = `/v1/subscriptions/${subscriptionId}`;
    const stored = async () => {
      const found = await this.management.subscriptions.get(subscriptionId);
      if (found === undefined) throw new Error('the subscription is gone');
      return found;
    };
    const edits = [
      () => this.call(`POST ${path}/keys/reveal`),
      () => this.call(`POST ${path}/keys/secondary/regenerate`),
    ];
    return { tenantId, path, stored, edits, item: itemKey.credential(credentialIdOf(subscriptionId)) };
  }

  /** A second admin asks for whatever is live of a tenant's. */
  async guard(tenantId: string): Promise<void> {
    await this.call(`PATCH /v1/tenants/${tenantId}`, { settings: { requireApproval: true } });
  }

  async ask(methodAndPath: string, body: object = {}): Promise<string> {
    const { status, body: answer } = await this.call(methodAndPath, body);
    if (status !== 202) throw new Error(`${methodAndPath} did not wait: ${status}`);
    return answer.approval.approvalId;
  }

  async approve(approvalId: string): Promise<number> {
    return (await this.call(`POST /v1/approvals/${approvalId}/approve`, undefined, SECOND_ADMIN)).status;
  }

  /** Somebody's change of an item that no route changes harmlessly, read and written as all changes are. */
  async touch(key: ItemKey): Promise<void> {
    const { pk, sk } = key;
    const { revision } = (await readItem(this.#table, key)) ?? {};
    const update = new UpdateCommand({
      TableName: this.#table.name,
      Key: { pk, sk },
      UpdateExpression: 'SET revision = revision + :one',
      ConditionExpression: 'revision = :read AND attribute_not_exists(turn)',
      ExpressionAttributeValues: { ':one': 1, ':read': revision },
    });
    await this.#table.client.send(update).catch((error) => {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
  }

  /** Of how many ends a sweep tells, so many days from now. */
  async sweepIn(days: number): Promise<number> {
    const { keys, approvals, lastUses, clock } = this.management;
    const now = () => new Date(clock.getTime() + days * DAY_MILLISECONDS);
    const stores = { due: new DueStore(this.#table), credentials: new CredentialStore(this.#table) };
    const onFailure = (what: string, cause: unknown) => {
      throw new Error(what, { cause });
    };
    const run = { requestId: 'sweep-1', hasTime: () => true, onFailure };
    return (await sweep({ ...stores, keys, approvals, lastUses, now, randomBytes }, run)).events;
  }
}

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
