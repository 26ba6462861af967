import { describe, expect, test } from '@jest/globals';
import type { Change } from '../../../core/domain/audit/audit-event.ts';
import type { Product } from '../../../core/domain/products/product.ts';
import { SUBSCRIPTION_STATES, type Subscription } from '../../../core/domain/products/subscription.ts';
import {
  approveSubscription,
  cancelSubscription,
  createSubscription,
  opensApis,
  regenerateKey,
  rejectSubscription,
  resumeSubscription,
  revealKeys,
  suspendSubscription,
  updateSubscription,
  withdrawSubscription,
} from '../../../core/domain/products/subscription-lifecycle.ts';
import { createTenant, type Tenant } from '../../../core/domain/tenants/tenant.ts';
import { context, later, NOW } from '../context.ts';

const tenant = createTenant({ tenantId: 'tenant_acme', name: 'Acme' }, context()).state;
const suspendedTenant: Tenant = { ...tenant, status: 'suspended' };
const product = { productId: 'prod_1', environment: 'live', requiresApproval: false } as Product;
const key = (id: string) => ({
  ...{ text: `text ${id}`, digest: { pepper: 'v1', hmac: id }, hint: id },
  sealed: `sealed ${id}`,
});
const keys = { primary: key('aaaa'), secondary: key('bbbb') };
const input = { subscriptionId: 'sub_000000000001', name: 'S' };
const created = createSubscription(tenant, product, input, keys, context()).state;
const BOTH = { slots: ['primary', 'secondary'], clientKeys: [] } as const;
const other = context({ actor: { type: 'admin', id: 'somebody else' } });

describe('a new subscription', () => {
  test('has both its keys, is active, and is its maker’s', () => {
    const { state, event } = createSubscription(tenant, product, input, keys, context());
    const createdAt = NOW.toISOString();
    expect(state).toEqual({
      ...{ ...input, tenantId: 'tenant_acme', productId: 'prod_1', environment: 'live', state: 'active' },
      ...{ createdAt, createdBy: 'person-admin', revision: 1 },
      slots: { primary: { createdAt, hint: 'aaaa' }, secondary: { createdAt, hint: 'bbbb' } },
      digests: { primary: keys.primary.digest, secondary: keys.secondary.digest },
      ...{ sealedPrimary: 'sealed aaaa', sealedSecondary: 'sealed bbbb' },
    });
    expect(JSON.stringify({ state, event })).not.toContain('text');
    expect(event).toMatchObject({ type: 'subscription.requested', subject: { id: input.subscriptionId } });
    expect(event.data).toEqual({
      ...{ productId: 'prod_1', name: 'S', environment: 'live', state: 'active', oauthClientIds: null },
      ...{ use: null, termsVersion: null },
    });
  });

  test('waits where the product asks for approval, but not with a key that is in use elsewhere', () => {
    const asking = { ...product, requiresApproval: true };
    const state = (given: Parameters<typeof createSubscription>[3]) =>
      createSubscription(tenant, asking, input, given, context());
    expect(state(keys).state.state).toBe('pending');
    const imported = { ...keys, secondary: { ...keys.secondary, imported: true as const } };
    expect(state(imported).state).toMatchObject({ state: 'active', imported: { secondary: null } });
    expect(state(imported).event.data).toMatchObject({ imported: true });
  });

  test('is that of whoever asked for it, and of the clients that were named', () => {
    const named = {
      ...{ ...input, requestedBy: 'developer', requestedByName: 'developer@example.com' },
      ...{ oauthClientIds: ['client-1'], use: 'The shop' },
    };
    const { state, event } = createSubscription(tenant, product, named, keys, context());
    expect(state).toMatchObject({
      ...{ createdBy: 'developer', createdByName: 'developer@example.com', use: 'The shop' },
      oauthClientIds: ['client-1'],
    });
    expect(event.data.oauthClientIds).toEqual(['client-1']);
  });
});

describe('what may be done in which state', () => {
  const changes: Record<string, (given: Subscription, of?: Tenant) => Change<Subscription>> = {
    approve: (given, of = tenant) => approveSubscription(given, of, 'welcome', other),
    reject: (given) => rejectSubscription(given, 'no', other),
    suspend: (given) => suspendSubscription(given, 'unpaid', other),
    resume: (given, of = tenant) => resumeSubscription(given, of, undefined, other),
    cancel: (given) => cancelSubscription(given, 'over', other),
    'cancel one’s own': (given) => cancelSubscription(given, undefined, context()),
    'withdraw one’s own': (given) => withdrawSubscription(given, 'a mistake', context()),
    rename: (given) => updateSubscription(given, { name: 'Renamed' }, other) as Change<Subscription>,
    reveal: (given) => revealKeys(given, BOTH, other),
    regenerate: (given, of = tenant) =>
      regenerateKey(given, of, { slot: 'primary', key: key('cccc') }, other),
  };
  const allowed: Record<string, Record<string, string>> = {
    approve: { pending: 'active' },
    reject: { pending: 'rejected' },
    suspend: { active: 'suspended' },
    resume: { suspended: 'active' },
    cancel: { active: 'cancelled', suspended: 'cancelled' },
    'cancel one’s own': { pending: 'cancelled', active: 'cancelled', suspended: 'cancelled' },
    'withdraw one’s own': { pending: 'cancelled' },
    rename: { pending: 'pending', active: 'active', suspended: 'suspended' },
    reveal: { pending: 'pending', active: 'active', suspended: 'suspended' },
    regenerate: { pending: 'pending', active: 'active', suspended: 'suspended' },
  };
  const cases = Object.keys(changes).flatMap((name) =>
    SUBSCRIPTION_STATES.map((state) => [name, state] as const),
  );

  test.each(cases)('%s one that is %s', (name, state) => {
    const given: Subscription = { ...created, state };
    const made = allowed[name]?.[state];
    if (made !== undefined) {
      expect(changes[name]?.(given).state).toMatchObject({ state: made, revision: 2 });
      return;
    }
    const states = Object.keys(allowed[name] ?? {}).join(' or ');
    expect(() => changes[name]?.(given)).toThrow(
      expect.objectContaining({
        code: 'invalid_state',
        message: expect.stringContaining(`The subscription is ${state}; only one that is ${states} can be `),
      }),
    );
  });

  test('a suspended tenant gets nothing new, approved or resumed, and may still end and see what it has', () => {
    const refused = expect.objectContaining({ message: 'The tenant is suspended; resume it first' });
    const of = (state: Subscription['state']): Subscription => ({ ...created, state });
    expect(() => createSubscription(suspendedTenant, product, input, keys, context())).toThrow(refused);
    expect(() => changes.approve?.(of('pending'), suspendedTenant)).toThrow(refused);
    expect(() => changes.resume?.(of('suspended'), suspendedTenant)).toThrow(refused);
    expect(() => changes.regenerate?.(of('active'), suspendedTenant)).toThrow(refused);
  });

  test('a reason is told and stays readable until the next decision, and null where none was given', () => {
    const suspended = changes.suspend?.(created) as Change<Subscription>;
    expect(suspended.event.data).toEqual({ reason: 'unpaid' });
    const { now, actor } = other;
    expect(suspended.state.decided).toMatchObject({ at: now.toISOString(), by: actor.id, reason: 'unpaid' });
    expect(changes['cancel one’s own']?.(created).event.data).toEqual({ reason: null });
    expect(changes.resume?.(suspended.state).state.decided).not.toHaveProperty('reason');
  });

  test('what has ended keeps no text, and what has not keeps both', () => {
    for (const [name, made] of Object.entries(allowed)) {
      for (const [state, after] of Object.entries(made)) {
        const given = { ...created, state: state as Subscription['state'] };
        const { sealedSecondary } = changes[name]?.(given).state ?? {};
        const hasEnded = after === 'cancelled' || after === 'rejected';
        expect([name, state, sealedSecondary]).toEqual([name, state, hasEnded ? undefined : 'sealed bbbb']);
      }
    }
  });

  test('a request that its person ends before anybody decided on it is withdrawn, and nothing else is', () => {
    const own = { ...created, state: 'pending' as const, createdBy: context().actor.id };
    expect(withdrawSubscription(own, undefined, context()).state.decided).toMatchObject({ withdrawn: true });
    expect(cancelSubscription(own, undefined, context()).state.decided).toMatchObject({ withdrawn: true });
    const active = { ...own, state: 'active' as const };
    expect(cancelSubscription(active, undefined, context()).state.decided).not.toHaveProperty('withdrawn');
    expect(rejectSubscription(own, undefined, context()).state.decided).not.toHaveProperty('withdrawn');
  });

  test('a request of somebody else’s is not withdrawn', () => {
    const given: Subscription = { ...created, state: 'pending' };
    expect(() => withdrawSubscription(given, undefined, other)).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
  });
});

test('showing its keys tells the hints of those that are shown', () => {
  expect(revealKeys(created, BOTH, context()).event).toMatchObject({
    type: 'subscription.keysRevealed',
    data: { slots: ['primary', 'secondary'], primaryHint: 'aaaa', secondaryHint: 'bbbb', clientKeys: [] },
  });
  const clientKeys = [{ apiId: 'api_Payments0001', hint: 'cccc' }];
  const { data } = revealKeys(created, { slots: ['secondary'], clientKeys }, context()).event;
  expect(data).toEqual({ slots: ['secondary'], secondaryHint: 'bbbb', clientKeys });
});

test('client keys are opened once it has been approved, and not after its end', () => {
  expect(SUBSCRIPTION_STATES.filter((state) => opensApis({ state }))).toEqual(['active', 'suspended']);
});

describe('limits of its own', () => {
  const limits = { quota: { limit: 5, period: 'day' as const } };
  const given = { limits, reason: 'the sale' };

  test('are told with their reason, and taken back by null', () => {
    const raised = updateSubscription(created, given, context());
    expect(raised?.state).toMatchObject({ limits, revision: 2 });
    expect(raised?.event).toMatchObject({
      type: 'subscription.updated',
      data: { from: { limits: null }, to: { limits }, reason: 'the sale' },
    });
    const back = updateSubscription(raised?.state as Subscription, { limits: null }, context());
    expect(back?.state).not.toHaveProperty('limits');
    expect(back?.event.data).toMatchObject({ from: { limits }, to: { limits: null }, reason: null });
  });

  test('that are so already, or a name, change nothing', () => {
    const state = updateSubscription(created, given, context())?.state as Subscription;
    expect(updateSubscription(state, given, context())).toBeUndefined();
    expect(updateSubscription(state, { name: state.name }, context())).toBeUndefined();
  });
});

test('a new key takes one slot and leaves the other; what was imported into it and not used is forgotten', () => {
  const imported = { primary: null, secondary: null };
  const replace = (given: Subscription) =>
    regenerateKey(given, tenant, { slot: 'secondary', key: key('cccc') }, context({ now: later(5) }));
  const { state, event } = replace({ ...created, imported });
  expect(state.slots).toEqual({
    primary: created.slots.primary,
    secondary: { createdAt: later(5).toISOString(), hint: 'cccc' },
  });
  expect(state.digests).toEqual({ primary: keys.primary.digest, secondary: key('cccc').digest });
  expect([state.sealedPrimary, state.sealedSecondary]).toEqual(['sealed aaaa', 'sealed cccc']);
  expect(state.imported).toEqual({ primary: null });
  expect(event.data).toEqual({ slot: 'secondary', hint: 'cccc' });
  const used = { ...created, imported: { secondary: NOW.toISOString() } };
  expect(replace(used).state.imported).toEqual({ secondary: NOW.toISOString() });
  expect(replace(created).state).not.toHaveProperty('imported');
});
