import { describe, expect, test } from '@jest/globals';
import { carryOut, isCarriedOut } from '../../../core/domain/approvals/approvable.ts';
import {
  type Approval,
  approvalStateOf,
  approve,
  claim,
  lapse,
  reject,
} from '../../../core/domain/approvals/approval.ts';
import { waitsForApproval } from '../../../core/domain/approvals/four-eyes.ts';
import type { Change, Occasion } from '../../../core/domain/audit/audit-event.ts';
import type { ApiKey } from '../../../core/domain/keys/api-key.ts';
import { createTenant, type Tenant } from '../../../core/domain/tenants/tenant.ts';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const occasion = (id: string, now = NOW): Occasion => ({
  now,
  actor: { type: 'admin', id },
  requestId: 'request-1',
  eventId: '019bb000-0000-7000-8000-000000000000',
});
const later = (milliseconds: number) => new Date(NOW.getTime() + milliseconds);
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

describe('the states of an approval', () => {
  const steps = {
    approve: (given: ReturnType<typeof approval>) => approve(given, occasion('second')),
    reject: (given: ReturnType<typeof approval>) => reject(given, occasion('second')),
    claim: (given: ReturnType<typeof approval>) => claim(given, occasion('first')),
  };
  const possible: Record<string, string | undefined> = {
    'pending approve': 'approved',
    'pending reject': 'rejected',
    'approved claim': 'claimed',
  };

  for (const state of ['pending', 'approved', 'claimed', 'rejected', 'lapsed'] as const) {
    for (const [name, step] of Object.entries(steps)) {
      // Told by undefined: whether it was cut off shows in the key.
      if (state === 'claimed' && name === 'claim') continue;
      const expected = possible[`${state} ${name}`];
      test(`${state}: ${name} is ${expected ?? 'impossible'}`, () => {
        if (expected === undefined) {
          expect(() => step(approval({ state }))).toThrow(expect.objectContaining({ code: 'invalid_state' }));
          return;
        }
        const change = step(approval({ state }));
        expect(change).toMatchObject({ state: { state: expected, revision: 2 } });
        expect(change?.event.type).toBe(`approval.${expected}`);
        const late = approval({ state, expiresAt: NOW.toISOString() });
        expect(() => step(late)).toThrow(expect.objectContaining({ code: 'invalid_state' }));
      });
    }
  }

  test('what is decided stays what it is, however long ago', () => {
    for (const state of ['claimed', 'rejected', 'lapsed'] as const) {
      expect(approvalStateOf(approval({ state }), later(100 * DAY))).toBe(state);
    }
    expect(approvalStateOf(approval(), later(DAY - 1))).toBe('pending');
    expect(approvalStateOf(approval(), later(DAY))).toBe('lapsed');
    expect(approvalStateOf(approval({ state: 'approved' }), later(DAY))).toBe('lapsed');
    const revocation = { ...approval({ state: 'approved' }), operation: 'revokeKey' as const, body: {} };
    expect(approvalStateOf(revocation, later(DAY))).toBe('approved');
    expect(() => claim(approval({ state: 'claimed' }), occasion('first', later(DAY)))).toThrow();
  });

  test('it is the clock that lets one lapse, not who notices', () => {
    const { event } = lapse(approval(), occasion('second', later(DAY)));
    expect(event).toMatchObject({ type: 'approval.lapsed', actor: { type: 'system' } });
  });
});

describe('carrying out', () => {
  const { state: tenant } = createTenant({ tenantId: 'tenant_acme', name: 'Acme' }, occasion('first'));
  const change = (before: Tenant): Change<Tenant> => ({
    state: { ...before, revision: before.revision + 1 },
    event: createTenant(before, occasion('second')).event,
  });

  test('is remembered as long as it could be repeated, and no longer', () => {
    const given = approval({ state: 'approved' });
    expect(isCarriedOut(tenant, given)).toBe(false);
    const { state, event } = carryOut(given, occasion('second'), () => change(tenant));
    expect(isCarriedOut(state, given)).toBe(true);
    expect(event.data).toMatchObject({ approval: { approvalId: given.approvalId, requestedBy: 'first' } });
    const other = { ...given, approvalId: 'apr_000000000002', expiresAt: later(2 * DAY).toISOString() };
    const soon = carryOut(other, occasion('second', later(DAY - 1)), () => change(state));
    expect(Object.keys(soon.state.approvalsUsed ?? {})).toEqual([given.approvalId, other.approvalId]);
    const muchLater = carryOut(other, occasion('second', later(DAY)), () => change(state));
    expect(Object.keys(muchLater.state.approvalsUsed ?? {})).toEqual([other.approvalId]);
  });

  test('what changes nothing by now is refused', () => {
    expect(() => carryOut(approval(), occasion('second'), () => undefined)).toThrow(
      expect.objectContaining({ code: 'invalid_state' }),
    );
  });

  test('a failure that nobody expected stays what it is', () => {
    const failing = () => carryOut(approval(), occasion('second'), () => ({}) as never as Change<Tenant>);
    expect(failing).toThrow(TypeError);
  });
});

describe('what waits is told by the change and not by who asks for it', () => {
  const settings = { requireApproval: true };
  const { state: tenant } = createTenant({ tenantId: 'tenant_acme', name: 'A', settings }, occasion('first'));
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
