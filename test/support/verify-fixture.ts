import { expect } from '@jest/globals';
import { startDynamoDb, type TestDynamoDb } from './dynamodb.ts';
import { type TestAnswer, TestManagement } from './management.ts';
import { startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

export const BACKEND = 'arn:aws:iam::000000000000:role/backend';
export const TENANT = 'tenant_acme';
export const ORDERS = 'api_OrdersLive00';
export const PAYMENTS = 'api_PaymentLive0';
export const KEYS = `/v1/tenants/${TENANT}/keys`;

/** A backend that asks `POST /v1/verify`: two tenants, an API of each scheme, products, and an issuer of tokens. */
export class VerifyFixture {
  readonly dynamodb: TestDynamoDb;
  readonly #issuer: TokenIssuer;
  /** Made anew by `renew`: it remembers nothing, and its clock is back at the start. */
  management: TestManagement;
  clientKey = '';
  plans = { immediate: '', approved: '', other: '' };

  private constructor(dynamodb: TestDynamoDb, issuer: TokenIssuer) {
    this.dynamodb = dynamodb;
    this.#issuer = issuer;
    this.management = new TestManagement(dynamodb);
  }

  static async start(): Promise<VerifyFixture> {
    const fixture = new VerifyFixture(await startDynamoDb(), await startTokenIssuer());
    await fixture.#createAll();
    return fixture;
  }

  async #createAll(): Promise<void> {
    await this.create('/v1/tenants', { tenantId: TENANT, name: 'Acme' });
    await this.create('/v1/tenants', { tenantId: 'tenant_other', name: 'Other' });
    const routes = [{ method: 'GET', path: '/v1/prices', public: true }];
    const live = { environment: 'live' };
    await this.create('/v1/apis', { ...live, apiId: ORDERS, name: 'orders', scheme: 'tenant', routes });
    const oauth = { issuer: this.#issuer.issuer, audience: 'payments' };
    const subscribed = { ...live, scheme: 'subscription' };
    const payments = { ...subscribed, apiId: PAYMENTS, name: 'pay', clientKeyRequired: true, oauth };
    await this.create('/v1/apis', payments);
    const { apiId } = await this.create('/v1/apis', { ...subscribed, name: 'other' });
    this.clientKey = (await this.create(`/v1/apis/${PAYMENTS}/client-key/reveal`)).clientKey;
    const plan = { rateLimits: [{ limit: 5, windowSeconds: 60 }], quota: { limit: 7, period: 'day' } };
    const product = async (body: object): Promise<string> =>
      (await this.create('/v1/products', { name: 'Payments', plan, ...body })).productId;
    this.plans = {
      immediate: await product({ apiIds: [PAYMENTS], requiresApproval: false }),
      approved: await product({ apiIds: [PAYMENTS], requiresApproval: true }),
      other: await product({ apiIds: [apiId], requiresApproval: false }),
    };
  }

  renew(): void {
    this.management = new TestManagement(this.dynamodb);
  }

  async close(): Promise<void> {
    await this.#issuer.close();
    await this.dynamodb.close();
  }

  async create(path: string, body: object = {}) {
    const answer = await this.management.call(`POST ${path}`, { body });
    expect(answer.status).toBeLessThan(300);
    return answer.body;
  }

  ask(body: object): Promise<TestAnswer> {
    return this.management.call('POST /v1/verify', { principal: BACKEND, body });
  }

  /** What a question that can be decided is answered with. */
  async verify(body: object) {
    const answer = await this.ask(body);
    expect(answer.status).toBe(200);
    return answer.body;
  }

  async newKey(change: object = {}): Promise<{ keyId: string; secret: string }> {
    const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer', ...change };
    const { key, secret } = await this.create(KEYS, body);
    return { keyId: key.keyId, secret };
  }

  async subscribe(productId: string): Promise<{ subscriptionId: string; primaryKey: string }> {
    const request = { tenantId: TENANT, productId, name: 'Billing' };
    const { subscriptionId } = await this.create('/v1/subscriptions', request);
    return { subscriptionId, ...(await this.create(`/v1/subscriptions/${subscriptionId}/keys/reveal`)) };
  }

  token(audience = 'payments') {
    return this.#issuer.sign({
      iss: this.#issuer.issuer,
      aud: audience,
      client_id: 'billing',
      // Signatures are checked by the clock of this machine.
      exp: Math.floor(Math.max(Date.now(), this.management.clock.getTime()) / 1000) + 600,
    });
  }
}
