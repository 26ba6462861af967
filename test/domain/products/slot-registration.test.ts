import { expect, test } from '@jest/globals';
import { Pepper } from '../../../core/domain/keys/pepper.ts';
import type { Product } from '../../../core/domain/products/product.ts';
import {
  bindSubscription,
  handOutSlotKey,
  registerSlotKey,
  slotToFill,
  usedSlotEndedBy,
} from '../../../core/domain/products/slot-registration.ts';
import { createSubscription } from '../../../core/domain/products/subscription-lifecycle.ts';
import { createTenant } from '../../../core/domain/tenants/tenant.ts';
import { context, later } from '../context.ts';

const pepper = Pepper.parse(JSON.stringify({ current: 'v1', v1: 'p'.repeat(64) }));
const tenant = createTenant({ tenantId: 'tenant_acme', name: 'Acme' }, context()).state;
const product = { productId: 'prod_1', environment: 'live', requiresApproval: false } as Product;
const key = (text: string) => ({ text, digest: pepper.digest(text), hint: text.slice(-4) });
const made = createSubscription(
  tenant,
  product,
  { subscriptionId: 'sub_000000000001', name: 'S' },
  { primary: key('first'), secondary: key('other') },
  context(),
).state;
const at = (hours: number) => context({ now: later(hours * 3_600_000) });
const register = (state: typeof made, text: string, current: string | undefined, hours: number) => {
  const slot = slotToFill(state, { text, current }, pepper);
  return slot === undefined
    ? handOutSlotKey(state, tenant, { text, current }, pepper, at(hours))
    : registerSlotKey(state, tenant, { slot, key: { ...key(text), sealed: `sealed ${text}` } }, at(hours));
};
const hints = ({ slots }: typeof made) => [slots.primary.hint, slots.secondary.hint];

test('the slot that is not current gets the key, turn by turn, and the current one stays', () => {
  const one = register(made, 'second', 'first', 1)?.state ?? made;
  expect([one.sealedPrimary, one.sealedSecondary]).toEqual([undefined, 'sealed second']);
  expect(hints(one)).toEqual(['irst', 'cond']);
  expect(register(one, 'second', 'first', 1)).toBeUndefined();
  const anew = register(one, 'third', 'first', 2)?.state ?? one;
  expect(hints(anew)).toEqual(['irst', 'hird']);
  const done = register(anew, 'third', 'third', 3)?.state ?? anew;
  expect([done.slots.secondary.registered, register(done, 'third', 'third', 4)]).toEqual([
    undefined,
    undefined,
  ]);
  const next = register(done, 'fourth', 'third', 30)?.state ?? done;
  expect(hints(next)).toEqual(['urth', 'hird']);
  for (const had of ['first', 'second', 'other'])
    expect(() => register(next, had, 'third', 31)).toThrow(/had this secret before/);
});

test('where neither slot is current nothing is replaced', () => {
  for (const current of [undefined, 'unknown'])
    expect(() => register(made, 'second', current, 1)).toThrow(/neither of the subscription’s keys/);
});

test('a slot whose key is used is named before it is replaced', () => {
  const usedAt = at(1).now.toISOString();
  const lastUse = { at: usedAt, bySecret: { primary: usedAt, secondary: usedAt } };
  const asked = (current: string) =>
    usedSlotEndedBy(made, { text: 'second', current }, lastUse, pepper, at(2).now)?.id;
  expect([asked('first'), asked('other')]).toEqual(['secondary', 'primary']);
});

test('a binding is an update, and the same one again is none', () => {
  const rotation = { principalArn: 'arn:aws:iam::111122223333:role/Rotate' };
  const bound = bindSubscription(made, rotation, context());
  expect(bound?.event).toMatchObject({ type: 'subscription.updated', data: { to: { rotation } } });
  expect(bindSubscription(bound?.state ?? made, rotation, context())).toBeUndefined();
});
