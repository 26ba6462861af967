import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AuditEvent } from '../../core/contract/events.ts';
import type { ApiKey } from '../../core/domain/keys/api-key.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { TestManagement } from '../support/management.ts';

/** What a key is, in the fewest words: the lifecycle that the contract describes. */
class KeyModel {
  status: 'active' | 'disabled' | 'revoked' = 'active';
  now = Date.parse('2026-11-22T12:00:00.000Z');
  expiresAt = Number.POSITIVE_INFINITY;
  tenantActive = true;
  /** When each secret ends; newest first. */
  secrets = [Number.POSITIVE_INFINITY];

  get shown() {
    return this.status === 'revoked' ? 'revoked' : this.expiresAt <= this.now ? 'expired' : this.status;
  }
  get live() {
    return this.secrets.filter((end) => end > this.now);
  }
  /** Does it and says true, or says false and changes nothing. */
  do(operation: string, overlapSeconds: number): boolean {
    const final = this.shown === 'revoked' || this.shown === 'expired';
    const allowed = {
      disable: this.status === 'active',
      enable: this.status === 'disabled' && this.tenantActive,
      rotate: this.tenantActive,
      'end-overlap': this.live.length === 2,
      revoke: true,
    }[operation];
    if (final || !allowed) return false;
    if (operation === 'disable') this.status = 'disabled';
    if (operation === 'enable') this.status = 'active';
    if (operation === 'revoke') this.status = 'revoked';
    if (operation === 'rotate') {
      this.secrets = [Number.POSITIVE_INFINITY, this.live[1] ?? this.now + overlapSeconds * 1000];
    }
    if (operation === 'end-overlap') this.secrets = [Number.POSITIVE_INFINITY];
    return true;
  }
}

interface Real {
  readonly management: TestManagement;
  readonly tenant: string;
  readonly keyId: string;
  event: AuditEvent;
}

let dynamodb: TestDynamoDb;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());

/** The key is what the model says, and exactly the changes that were made left an event. */
async function compare(model: KeyModel, real: Real, changed: boolean): Promise<void> {
  const { body } = await real.management.call(`GET ${real.tenant}/keys/${real.keyId}`);
  expect(body.status).toBe(model.shown);
  const ends = body.secrets.map(({ expiresAt }: { expiresAt: string | null }) =>
    expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt),
  );
  // Of a revoked key none works, and none is shown.
  expect(ends).toEqual(model.shown === 'revoked' ? [] : model.live);
  expect(ends.length).toBeLessThanOrEqual(2);
  const item = await dynamodb.item(itemKey.credential(real.keyId.slice('key_'.length)));
  const { secrets, digests, lastEvent: event } = item as unknown as ApiKey & { lastEvent: AuditEvent };
  expect(Object.keys(digests).sort()).toEqual(secrets.map(({ id }) => id).sort());
  expect(event.id !== real.event.id).toBe(changed);
  real.event = event;
}

type Command = fc.AsyncCommand<KeyModel, Real>;

const operate = fc
  .tuple(
    // Revoking ends the story, so it comes seldom.
    fc.oneof(
      ...Object.entries({ rotate: 8, 'end-overlap': 4, disable: 3, enable: 3, revoke: 1 }).map(
        ([name, weight]) => ({ weight, arbitrary: fc.constant(name) }),
      ),
    ),
    fc.constantFrom(0, 60, 2_592_000),
  )
  .map(
    ([operation, overlapSeconds]): Command => ({
      check: () => true,
      async run(model, real) {
        const body = operation === 'rotate' ? { overlapSeconds } : {};
        const answer = await real.management.call(`POST ${real.tenant}/keys/${real.keyId}/${operation}`, {
          body,
        });
        const done = model.do(operation, overlapSeconds);
        expect(answer.status).toBe(done ? 200 : 409);
        if (!done) expect(answer.body.error.code).toBe('invalid_state');
        await compare(model, real, done);
      },
      toString: () => (operation === 'rotate' ? `rotate(${overlapSeconds})` : operation),
    }),
  );
const wait = fc.constantFrom(1, 60, 86_400, 2_592_000).map(
  (seconds): Command => ({
    check: () => true,
    async run(model, real) {
      model.now += seconds * 1000;
      real.management.clock = new Date(model.now);
      await compare(model, real, false);
    },
    toString: () => `wait(${seconds})`,
  }),
);
const expire = fc.option(fc.constantFrom(60, 86_400 * 60), { nil: null }).map(
  (seconds): Command => ({
    check: () => true,
    async run(model, real) {
      const expiresAt = seconds === null ? null : new Date(model.now + seconds * 1000).toISOString();
      const answer = await real.management.call(`PATCH ${real.tenant}/keys/${real.keyId}`, {
        body: { expiresAt },
      });
      const final = model.shown === 'revoked' || model.shown === 'expired';
      expect(answer.status).toBe(final ? 409 : 200);
      const end = seconds === null ? Number.POSITIVE_INFINITY : model.now + seconds * 1000;
      const changed = !final && end !== model.expiresAt;
      if (!final) model.expiresAt = end;
      await compare(model, real, changed);
    },
    toString: () => `expire(${seconds})`,
  }),
);
const suspend = fc.boolean().map(
  (active): Command => ({
    check: (model) => model.tenantActive !== active,
    async run(model, real) {
      const status = active ? 'active' : 'suspended';
      expect((await real.management.call(`PATCH ${real.tenant}`, { body: { status } })).status).toBe(200);
      model.tenantActive = active;
      await compare(model, real, false);
    },
    toString: () => (active ? 'resume' : 'suspend'),
  }),
);

test('a key lives as the model says, whatever is done in whatever order', async () => {
  let runs = 0;
  const setup = async () => {
    runs += 1;
    const management = new TestManagement(dynamodb);
    const tenantId = `tenant_model_${runs}`;
    const tenant = `/v1/tenants/${tenantId}`;
    await management.call('POST /v1/tenants', { body: { tenantId, name: 'Model' } });
    const body = { name: 'Model', type: 'secret', environment: 'live', role: 'writer' };
    const { keyId } = (await management.call(`POST ${tenant}/keys`, { body })).body.key;
    const event = await dynamodb.lastEvent(itemKey.credential(keyId.slice('key_'.length)));
    return { model: new KeyModel(), real: { management, tenant, keyId, event } };
  };
  await fc.assert(
    fc.asyncProperty(
      fc.commands([operate, operate, operate, operate, operate, operate, wait, expire, suspend], {
        maxCommands: 30,
        size: 'max',
      }),
      async (commands) => {
        const { model, real } = await setup();
        await fc.asyncModelRun(() => ({ model, real }), commands);
      },
    ),
    { numRuns: 15, endOnFailure: true },
  );
});
