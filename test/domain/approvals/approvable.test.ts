import { describe, expect, test } from '@jest/globals';
import {
  carryOut,
  decideOnKey,
  decideOnSubscription,
  decideOnTenant,
  isCarriedOut,
  MOST_APPROVALS_USED,
} from '../../../core/domain/approvals/approvable.ts';
import type { Approval } from '../../../core/domain/approvals/approval.ts';
import type { Change } from '../../../core/domain/audit/audit-event.ts';
import { DomainError } from '../../../core/domain/ground/domain-error.ts';
import { createKey, rotateKey } from '../../../core/domain/keys/api-key-lifecycle.ts';
import type { Subscription, SubscriptionState } from '../../../core/domain/products/subscription.ts';
import { createTenant, type Tenant } from '../../../core/domain/tenants/tenant.ts';
import { context as inContext, later, NOW } from '../context.ts';

const context = (id: string, now = NOW) => inContext({ now, actor: { type: 'admin', id } });
const DAY = 86_400_000;

const approval = (changes: Partial<Pick<Approval, 'state' | 'expiresAt'>> = {}) => ({
  operation: 'rotateKey' as const,
  body: { overlapSeconds: 60 },
  approvalId: 'apr_000000000001',
  tenantId: 'tenant_acme',
  subject: { type: 'apiKey' as const, id: 'key_000000000001' },
  requestedBy: 'first',
  requestedAt: NOW.toISOString(),
  expiresAt: later(DAY).toISOString(),
  state: 'pending' as Approval['state'],
  revision: 1,
  ...changes,
});

describe('carrying out', () => {
  const { state: tenant } = createTenant({ tenantId: 'tenant_acme', name: 'Acme' }, context('first'));
  const change = (before: Tenant): Change<Tenant> => ({
    state: { ...before, revision: before.revision + 1 },
    event: createTenant(before, context('second')).event,
  });

  test('is remembered as long as it could be repeated, and no longer', () => {
    const given = approval({ state: 'approved' });
    expect(isCarriedOut(tenant, given)).toBe(false);
    const { state, event } = carryOut(given, context('second'), () => change(tenant));
    expect(isCarriedOut(state, given)).toBe(true);
    expect(event.data).toMatchObject({ approval: { approvalId: given.approvalId, requestedBy: 'first' } });
    const other = { ...given, approvalId: 'apr_000000000002', expiresAt: later(2 * DAY).toISOString() };
    const soon = carryOut(other, context('second', later(DAY - 1)), () => change(state));
    expect(Object.keys(soon.state.approvalsUsed ?? {})).toEqual([given.approvalId, other.approvalId]);
    const muchLater = carryOut(other, context('second', later(DAY)), () => change(state));
    expect(Object.keys(muchLater.state.approvalsUsed ?? {})).toEqual([other.approvalId]);
  });

  test('what changes nothing by now is refused', () => {
    expect(() => carryOut(approval(), context('second'), () => undefined)).toThrow(
      expect.objectContaining({ code: 'invalid_state' }),
    );
  });

  test('a failure that nobody expected stays what it is', () => {
    const failing = () => carryOut(approval(), context('second'), () => ({}) as never as Change<Tenant>);
    expect(failing).toThrow(TypeError);
  });

  test('is refused where as many are remembered as can be, and never forgets one to make room', () => {
    const used = (count: number, end = later(1)) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`apr_${i}`, end.toISOString()]));
    const at = (approvalsUsed: Record<string, string>) => () =>
      carryOut(approval(), context('second'), () => change({ ...tenant, approvalsUsed }));
    expect(at(used(MOST_APPROVALS_USED - 1))).not.toThrow();
    expect(at(used(MOST_APPROVALS_USED))).toThrow(/500 approved changes .* approve the rest tomorrow/);
    expect(Object.keys(at(used(MOST_APPROVALS_USED, NOW))().state.approvalsUsed ?? {})).toEqual([
      'apr_000000000001',
    ]);
  });

  test('what is refused by now says why, and that it was fine before', () => {
    const refusing = () => {
      throw new DomainError('not_found', 'No such role');
    };
    expect(() => carryOut(approval(), context('second'), refusing)).toThrow(
      expect.objectContaining({
        code: 'invalid_state',
        message: "This can't be carried out any more: No such role",
        cause: expect.objectContaining({ code: 'not_found' }),
      }),
    );
  });

  test('a name that every object has is no approval that was carried out', () => {
    const named = { ...approval(), approvalId: 'constructor' };
    expect(isCarriedOut({}, named)).toBe(false);
    expect(isCarriedOut({ approvalsUsed: {} }, named)).toBe(false);
  });
});

describe('each operation comes to the change that it is named for', () => {
  const { state: tenant } = createTenant({ tenantId: 'tenant_acme', name: 'Acme' }, context('first'));
  const secret = (id: string) => ({ id, hint: 'WXYZ', digest: { pepper: 'v1', hmac: id } });
  const input = {
    keyId: 'key_000000000001',
    name: 'A',
    type: 'secret',
    environment: 'live',
    role: 'reader',
  } as const;
  const key = createKey(tenant, input, secret('first'), context('first')).state;
  const overlap = { overlapSeconds: 60, secret: secret('second') };
  const rotated = rotateKey(key, tenant, overlap, context('first')).state;

  test.each([
    ['updateKey', key, { name: 'B' }, 'apiKey.updated'],
    ['endOverlap', rotated, {}, 'apiKey.overlapEnded'],
    ['disableKey', key, {}, 'apiKey.disabled'],
    ['enableKey', { ...key, status: 'disabled' as const }, {}, 'apiKey.enabled'],
    ['revokeKey', key, { reason: 'leaked' }, 'apiKey.revoked'],
  ] as const)('%s on a key', (operation, before, body, type) => {
    const made = decideOnKey({ operation, body } as never, before, tenant, context('second'));
    expect(made?.event).toMatchObject({ type, ...('reason' in body && { data: { reason: body.reason } }) });
  });

  const subscription = (state: SubscriptionState): Subscription => ({
    ...{ subscriptionId: 'sub_000000000001', tenantId: 'tenant_acme', productId: 'prod_1', name: 'S', state },
    ...{ environment: 'live', createdAt: NOW.toISOString(), createdBy: 'first', revision: 1 },
    slots: {
      primary: { createdAt: NOW.toISOString(), hint: 'aaaa' },
      secondary: { createdAt: NOW.toISOString(), hint: 'bbbb' },
    },
    digests: { primary: secret('p').digest, secondary: secret('s').digest },
  });

  test.each([
    ['approveSubscription', 'pending', {}, 'subscription.approved'],
    ['rejectSubscription', 'pending', { reason: 'no' }, 'subscription.rejected'],
    ['suspendSubscription', 'active', { reason: 'unpaid' }, 'subscription.suspended'],
    ['resumeSubscription', 'suspended', {}, 'subscription.resumed'],
    ['cancelSubscription', 'active', { reason: 'over' }, 'subscription.cancelled'],
    ['updateSubscription', 'active', { name: 'Renamed', reason: 'clearer' }, 'subscription.updated'],
  ] as const)('%s on a subscription', (operation, before, body, type) => {
    const made = decideOnSubscription(
      { operation, body } as never,
      subscription(before),
      tenant,
      context('second'),
    );
    expect(made?.event).toMatchObject({ type, ...('reason' in body && { data: { reason: body.reason } }) });
  });

  const role = { permissions: ['orders:read'], description: '' };
  test.each([
    [{ operation: 'updateTenant', body: { name: 'B' } }, 'tenant.updated'],
    [{ operation: 'putRole', role: 'clerk', body: role }, 'role.changed'],
    [{ operation: 'deleteRole', role: 'reader', body: {} }, 'role.deleted'],
  ] as const)('%j on a tenant', (what, type) => {
    expect(decideOnTenant(what, tenant, context('second'))?.event.type).toBe(type);
  });

  test('a role is made only for as many keys as are known to have its name', () => {
    const what = { operation: 'putRole', role: 'clerk', body: role } as const;
    const former = { ...tenant, formerRoles: ['clerk'] };
    const made = (holders: { count: number; isAll: boolean }) => () =>
      decideOnTenant(what, former, context('second'), holders);
    expect(made({ count: 0, isAll: true })).not.toThrow();
    expect(made({ count: 1, isAll: true })).toThrow(/1 key has/);
  });
});
