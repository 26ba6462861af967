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
import { neverAsked } from './silence.ts';

/** Of all worlds together: several may share one table. */
let names = 0;

const NEW_KEY = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
export const DAY_MILLISECONDS = 86_400_000;

/** Where brakes are tried: each has things of its own, and a tenant of its own where it changes one. */
export class BrakeWorld {
  readonly management: TestManagement;
  readonly #table: Table;
  #products: Promise<{ apiId: string; approved: string; immediate: string }> | undefined;

  constructor(management: TestManagement, table: Table) {
    this.management = management;
    this.#table = table;
  }

  call(methodAndPath: string, body?: object, claims?: TestClaims): Promise<TestAnswer> {
    return this.management.call(methodAndPath, { ...(body && { body }), ...(claims && { claims }) });
  }

  name(): string {
    return `Name ${++names}`;
  }

  async tenant(): Promise<string> {
    const tenantId = `tenant_brake_${++names}`;
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

  /** A sandbox's API whose client key is in the catalogue, and edits of it. */
  async publishedApi() {
    const sandbox = { environment: 'sandbox', scheme: 'subscription', clientKeyRequired: true };
    const { apiId } = (await this.call('POST /v1/apis', { name: 'payments', ...sandbox })).body;
    const path = `/v1/apis/${apiId}`;
    await this.call(`POST ${path}/client-key/publish`);
    const stored = async () => {
      const found = await this.management.apis.get(apiId);
      if (found === undefined) throw new Error('the API is gone');
      return found;
    };
    const edits = [() => this.call(`PATCH ${path}`, { description: this.name() })];
    return { path, stored, edits, item: itemKey.api(apiId) };
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
    this.management.settle();
    const stores = { due: new DueStore(this.#table), credentials: new CredentialStore(this.#table) };
    const onFailure = (what: string, cause: unknown) => {
      throw new Error(what, { cause });
    };
    const run = { requestId: 'sweep-1', hasTime: () => true, onFailure };
    return (
      await sweep({ ...stores, keys, approvals, lastUses, silenceOf: neverAsked, now, randomBytes }, run)
    ).events;
  }
}
