import { expect } from '@jest/globals';
import { itemKey } from '../../core/store/item-keys.ts';
import type { TestDynamoDb } from './dynamodb.ts';
import { SECOND_ADMIN, type TestAnswer, type TestClaims, TestManagement } from './management.ts';

export const NEW_KEY = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
let tenants = 0;

/** A tenant of its own, whose live keys may be made to wait for a second admin. */
export class FourEyes {
  readonly tenantId = `tenant_eyes_${++tenants}`;
  readonly management: TestManagement;
  readonly #dynamodb: TestDynamoDb;

  private constructor(dynamodb: TestDynamoDb) {
    this.#dynamodb = dynamodb;
    this.management = new TestManagement(dynamodb);
  }

  static async start(dynamodb: TestDynamoDb): Promise<FourEyes> {
    const eyes = new FourEyes(dynamodb);
    await eyes.management.call('POST /v1/tenants', { body: { tenantId: eyes.tenantId, name: 'Eyes' } });
    return eyes;
  }

  path(rest = ''): string {
    return `/v1/tenants/${this.tenantId}${rest}`;
  }

  /** The id of a key that was created without anybody's approval. */
  async create(environment = 'live'): Promise<string> {
    const body = { ...NEW_KEY, environment };
    return (await this.management.call(`POST ${this.path('/keys')}`, { body })).body.key.keyId;
  }

  async requireApproval(): Promise<void> {
    const body = { settings: { requireApproval: true } };
    expect((await this.management.call(`PATCH ${this.path()}`, { body })).status).toBe(200);
  }

  /** Asks, as the first admin, for what has to wait: the approval's id. */
  async request(method: string, rest: string, body?: unknown): Promise<string> {
    const answer = await this.management.call(
      `${method} ${this.path(rest)}`,
      body === undefined ? {} : { body },
    );
    expect(answer.status).toBe(202);
    return answer.body.approval.approvalId;
  }

  /** As the second admin, unless told otherwise. */
  decide(approvalId: string, verb: string, claims: TestClaims = SECOND_ADMIN): Promise<TestAnswer> {
    return this.management.call(`POST /v1/approvals/${approvalId}/${verb}`, { claims });
  }

  wait(hours: number): void {
    this.management.clock = new Date(this.management.clock.getTime() + hours * 3_600_000);
  }

  keys(): Promise<TestAnswer> {
    return this.management.call(`GET ${this.path('/keys')}`, { query: { limit: '100' } });
  }

  key(keyId: string) {
    return this.#dynamodb.item(itemKey.credential(keyId.slice('key_'.length)));
  }

  tenant() {
    return this.#dynamodb.item(itemKey.tenant(this.tenantId));
  }

  approval(approvalId: string) {
    return this.#dynamodb.item(itemKey.approval(approvalId));
  }
}
