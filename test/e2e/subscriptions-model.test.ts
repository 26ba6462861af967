import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AuditEvent } from '../../core/contract/events.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { areTheKeys, createProducts, DEVELOPER, TENANT_ID } from '../support/subscriptions.ts';

/** What leads from where to where; everything else is a 409 and changes nothing. */
const TRANSITIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  approve: { pending: 'active' },
  reject: { pending: 'rejected' },
  suspend: { active: 'suspended' },
  resume: { suspended: 'active' },
  cancel: { active: 'cancelled', suspended: 'cancelled' },
  'keys/reveal': { pending: 'pending', active: 'active', suspended: 'suspended' },
  'keys/primary/regenerate': { pending: 'pending', active: 'active', suspended: 'suspended' },
  'keys/secondary/regenerate': { pending: 'pending', active: 'active', suspended: 'suspended' },
};
/** What a suspended tenant's subscriptions are not allowed. */
const NEEDS_TENANT = ['approve', 'resume', 'keys/primary/regenerate', 'keys/secondary/regenerate'];

interface Model {
  state: string;
  tenantActive: boolean;
  keys: { primaryKey: string; secondaryKey: string };
}
interface Real {
  readonly subscriptionId: string;
  event: AuditEvent;
}
type Command = fc.AsyncCommand<Model, Real>;

let dynamodb: TestDynamoDb;
let management: TestManagement;
let products: { approved: string; immediate: string };
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  products = await createProducts(management);
});
afterAll(() => dynamodb.close());

const lastEvent = (subscriptionId: string) =>
  dynamodb.lastEvent(itemKey.credential(subscriptionId.slice('sub_'.length)));

/** The subscription is what the model says, and exactly the changes that were made left an event. */
async function compare(model: Model, real: Real, changed: boolean): Promise<void> {
  const { body } = await management.call(`GET /v1/subscriptions/${real.subscriptionId}`);
  expect(body.state).toBe(model.state);
  expect(body.slots.primary.hint).toBe(model.keys.primaryKey.slice(-4));
  expect(body.slots.secondary.hint).toBe(model.keys.secondaryKey.slice(-4));
  expect(await areTheKeys(management, real.subscriptionId, model.keys)).toBe(true);
  const event = await lastEvent(real.subscriptionId);
  expect(event.id !== real.event.id).toBe(changed);
  real.event = event;
}

const operate = fc
  .record({
    // Ends come seldom.
    action: fc.oneof(
      ...Object.keys(TRANSITIONS).map((name) => ({
        weight: name === 'cancel' || name === 'reject' ? 1 : 5,
        arbitrary: fc.constant(name),
      })),
    ),
    byRequester: fc.boolean(),
  })
  .map(
    ({ action, byRequester }): Command => ({
      check: () => true,
      async run(model, real) {
        // The requester is a developer; what a developer may not do at all, an admin does under the same name.
        const claims = byRequester ? { ...ADMIN, sub: DEVELOPER.sub } : ADMIN;
        const answer = await management.call(`POST /v1/subscriptions/${real.subscriptionId}/${action}`, {
          claims,
        });
        const takenBack = action === 'cancel' && byRequester && model.state === 'pending';
        const next = takenBack ? 'cancelled' : TRANSITIONS[action]?.[model.state];
        const done = next !== undefined && (model.tenantActive || !NEEDS_TENANT.includes(action));
        expect([action, model.state, answer.status]).toEqual([action, model.state, done ? 200 : 409]);
        if (!done) expect(answer.body.error.code).toBe('invalid_state');
        else model.state = next;
        if (done && action === 'keys/reveal') expect(answer.body).toEqual(model.keys);
        if (done && action === 'keys/primary/regenerate') model.keys.primaryKey = answer.body.key;
        if (done && action === 'keys/secondary/regenerate') model.keys.secondaryKey = answer.body.key;
        await compare(model, real, done);
      },
      toString: () => `${action}${byRequester ? ' by the requester' : ''}`,
    }),
  );
const suspendTenant = fc.boolean().map(
  (active): Command => ({
    check: (model) => model.tenantActive !== active,
    async run(model, real) {
      const status = active ? 'active' : 'suspended';
      await management.call(`PATCH /v1/tenants/${TENANT_ID}`, { body: { status } });
      model.tenantActive = active;
      await compare(model, real, false);
    },
    toString: () => (active ? 'resume tenant' : 'suspend tenant'),
  }),
);

test('a subscription lives as the model says, whatever is done in whatever order', async () => {
  const setup = async (requiresApproval: boolean) => {
    await management.call(`PATCH /v1/tenants/${TENANT_ID}`, { body: { name: 'Acme', status: 'active' } });
    const productId = requiresApproval ? products.approved : products.immediate;
    const body = { tenantId: TENANT_ID, productId, name: 'Model' };
    const created = await management.call('POST /v1/subscriptions', { claims: DEVELOPER, body });
    const { subscriptionId } = created.body;
    const keys = (await management.call(`POST /v1/subscriptions/${subscriptionId}/keys/reveal`)).body;
    const state = requiresApproval ? 'pending' : 'active';
    return {
      model: { state, tenantActive: true, keys },
      real: { subscriptionId, event: await lastEvent(subscriptionId) },
    };
  };
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.commands([operate, operate, operate, operate, suspendTenant], { maxCommands: 30, size: 'max' }),
      async (requiresApproval, commands) => {
        const { model, real } = await setup(requiresApproval);
        await fc.asyncModelRun(() => ({ model, real }), commands);
      },
    ),
    { numRuns: 12, endOnFailure: true },
  );
});
