import { describe, expect, test } from '@jest/globals';
import { EVENT_TYPES } from '../../../core/contract/events.ts';
import { isDecidedAgain, stops, waitsForApproval } from '../../../core/domain/approvals/four-eyes.ts';
import type { Change } from '../../../core/domain/audit/audit-event.ts';
import type { ApiKey } from '../../../core/domain/keys/api-key.ts';
import type { Subscription } from '../../../core/domain/products/subscription.ts';
import { createTenant } from '../../../core/domain/tenants/tenant.ts';
import { context } from '../context.ts';

describe('what waits is told by the change and not by who asks for it', () => {
  const settings = { requireApproval: true };
  const { state: tenant } = createTenant({ tenantId: 'tenant_acme', name: 'A', settings }, context());
  const keyChange = (type: string, data: object, environment = 'live') =>
    ({ state: { environment }, event: { type, data } }) as Change<ApiKey>;

  test.each([
    ['apiKey.created', {}, true],
    ['apiKey.rotated', {}, true],
    ['apiKey.revoked', {}, true],
    ['apiKey.enabled', {}, true],
    ['apiKey.overlapEnded', {}, true],
    ['apiKey.somethingNew', {}, true],
    ['apiKey.updated', { to: { name: 'B', role: 'writer' } }, true],
    ['apiKey.updated', { to: { name: 'B', metadata: [] } }, false],
    ['apiKey.disabled', {}, false],
  ])('%s %j: %s', (type, data, waits) => {
    expect(waitsForApproval(tenant, keyChange(type, data), undefined)).toBe(waits);
    expect(waitsForApproval(tenant, keyChange(type, data, 'sandbox'), undefined)).toBe(false);
    const lax = { ...tenant, settings: { ...tenant.settings, requireApproval: false } };
    expect(waitsForApproval(lax, keyChange(type, data), undefined)).toBe(false);
  });
});

const change = (type: string, state: object = {}, data: object = {}, actor = 'second') =>
  ({ state, event: { type, data, actor: { id: actor } } }) as never as Change<Subscription>;
const strict = createTenant(
  { tenantId: 'tenant_acme', name: 'A', settings: { requireApproval: true } },
  context(),
).state;

describe('of a subscription', () => {
  const pending = { state: 'pending' } as Subscription;
  const active = { state: 'active' } as Subscription;

  test.each([
    ['a request that is pending asks', change('subscription.requested', pending), undefined, false],
    ['a request that is active at once makes one', change('subscription.requested', active), undefined, true],
    [
      'approving one’s own request makes it',
      change('subscription.approved', { ...active, createdBy: 'second' }),
      pending,
      true,
    ],
    [
      'approving another’s was seen by two',
      change('subscription.approved', { ...active, createdBy: 'first' }),
      pending,
      false,
    ],
    ['cancelling one that is pending declines', change('subscription.cancelled'), pending, false],
    ['cancelling one that is active ends it', change('subscription.cancelled'), active, true],
    ['showing its keys', change('subscription.keysRevealed'), active, true],
    ['replacing one of them', change('subscription.keyRegenerated'), active, true],
    ['resuming it', change('subscription.resumed'), active, true],
    ['suspending it', change('subscription.suspended'), active, false],
    ['rejecting it', change('subscription.rejected'), pending, false],
  ])('%s: waits or not', (_, made, before, waits) => {
    expect(waitsForApproval(strict, made, before)).toBe(waits);
  });
});

test.each([
  ['tenant.updated', { to: { name: 'B' } }, false],
  ['tenant.updated', { to: { name: 'B', settings: {} } }, true],
  ['tenant.suspended', { to: { name: 'B', status: 'suspended' } }, false],
  ['tenant.suspended', { to: { status: 'suspended', settings: {} } }, true],
  ['tenant.resumed', { to: { status: 'active' } }, true],
  ['role.changed', {}, true],
  ['role.deleted', {}, true],
  ['tenant.created', {}, false],
])('of a tenant, %s %j waits: %p', (type, data, waits) => {
  expect(waitsForApproval(strict, change(type, {}, data), undefined)).toBe(waits);
});

test('what stops something waits for nobody’s turn, and nothing else does so', () => {
  const stopping = EVENT_TYPES.filter((type) => stops(change(type, {}, { to: { role: 'x' } }), undefined));
  expect(stopping).toEqual([
    ...['apiKey.overlapEnded', 'apiKey.disabled', 'apiKey.revoked', 'apiKey.expiring', 'apiKey.expired'],
    ...['apiKey.usedFromNewIp', 'apiKey.leaked', 'apiKey.unused', 'apiKey.digestsChanged'],
    ...['subscription.rejected', 'subscription.suspended', 'subscription.cancelled', 'role.deleted'],
    ...[
      'member.invitationRevoked',
      'member.roleChanged',
      'member.removed',
      'session.ended',
      'signUp.rejected',
    ],
    ...[
      'approval.rejected',
      'approval.withdrawn',
      'approval.lapsed',
      'approval.failed',
      'auth.failureBurst',
      'auth.geoAnomaly',
    ],
    ...['rateLimit.exceeded', 'usage.clientErrors', 'usage.spike', 'rotation.oldSecretInUse', 'audit.gap'],
  ]);
});

describe('a change that others’ came before', () => {
  test('is decided again where it stops something, whatever they changed', () => {
    expect(isDecidedAgain(change('apiKey.revoked'), {}, true)).toBe(true);
    expect(isDecidedAgain(change('apiKey.disabled'), {}, true)).toBe(true);
  });

  test('is never decided again where it revives: a brake that was pulled meanwhile stays pulled', () => {
    for (const type of ['apiKey.enabled', 'subscription.resumed', 'tenant.resumed'])
      expect(isDecidedAgain(change(type), {}, false)).toBe(false);
  });

  test('is decided again where nobody touched what it is about', () => {
    expect(isDecidedAgain(change('apiKey.rotated'), {}, false)).toBe(true);
    expect(isDecidedAgain(change('apiKey.rotated'), {}, true)).toBe(false);
  });

  test('of a kind that is not known yet waits, and is decided again only where it is untouched', () => {
    const unknown = change('apiKey.somethingNew');
    expect(waitsForApproval(strict, unknown, undefined)).toBe(true);
    expect([stops(unknown, undefined), isDecidedAgain(unknown, {}, true)]).toEqual([false, false]);
    expect(isDecidedAgain(unknown, {}, false)).toBe(true);
  });
});
