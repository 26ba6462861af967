import { describe, expect, test } from '@jest/globals';
import {
  type Approval,
  approvalStateOf,
  approve,
  claim,
  fail,
  isDone,
  isOver,
  lapse,
  lapsesAt,
  overdueAt,
  reject,
  requestApproval,
  requireRequester,
  requireSecondPerson,
  showsSecret,
  unfit,
  withdraw,
} from '../../../core/domain/approvals/approval.ts';
import type { ChangeContext } from '../../../core/domain/audit/audit-event.ts';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const context = (id: string, now = NOW): ChangeContext => ({
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
    approve: (given: ReturnType<typeof approval>) => approve(given, context('second')),
    reject: (given: ReturnType<typeof approval>) => reject(given, undefined, context('second')),
    claim: (given: ReturnType<typeof approval>) => claim(given, context('first')),
    withdraw: (given: ReturnType<typeof approval>) => withdraw(given, undefined, context('first')),
  };
  const possible: Record<string, string | undefined> = {
    'pending approve': 'approved',
    'pending reject': 'rejected',
    'approved claim': 'claimed',
    'pending withdraw': 'withdrawn',
    'approved withdraw': 'withdrawn',
  };

  for (const state of ['pending', 'approved', 'claimed', 'rejected', 'withdrawn', 'lapsed'] as const) {
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
    expect(() => claim(approval({ state: 'claimed' }), context('first', later(DAY)))).toThrow();
  });

  test('it is the clock that lets one lapse, not who notices', () => {
    const { event } = lapse(approval(), context('second', later(DAY)));
    expect(event).toMatchObject({ type: 'approval.lapsed', actor: { type: 'system' } });
  });
});

const operations = {
  createKey: { name: 'A', type: 'secret', environment: 'live', role: 'reader' },
  rotateKey: { overlapSeconds: 60 },
  revealSubscriptionKeys: {},
  regenerateSubscriptionKey: { slot: 'primary' },
  revokeKey: {},
} as const;
const of = (operation: keyof typeof operations, changes: Partial<Approval> = {}) =>
  ({ ...approval(), operation, body: operations[operation], ...changes }) as Approval;

describe('a request for a second admin', () => {
  const change = {
    state: { tenantId: 'tenant_acme' },
    event: { subject: { type: 'apiKey', id: 'key_000000000001' } },
  } as Parameters<typeof requestApproval>[2];

  test('holds what is asked for, by whom, and lasts for a day', () => {
    const what = { operation: 'rotateKey', body: { overlapSeconds: 60 } } as const;
    const { state, event } = requestApproval('apr_000000000001', what, change, context('first'));
    expect(state).toEqual(approval());
    expect(event).toMatchObject({
      type: 'approval.requested',
      tenantId: 'tenant_acme',
      actor: { id: 'first' },
      subject: { type: 'approval', id: 'apr_000000000001' },
      data: { operation: 'rotateKey', subject: state.subject, requestedBy: 'first' },
    });
  });

  test('that is approved lasts for a day from then on, and says who decided and when', () => {
    const { state } = approve(of('revokeKey'), context('second', later(DAY - 1)));
    expect(state).toMatchObject({
      state: 'approved',
      decidedBy: 'second',
      decidedAt: later(DAY - 1).toISOString(),
      expiresAt: later(2 * DAY - 1).toISOString(),
      carriedOut: false,
    });
    expect(approve(of('rotateKey'), context('second')).state).not.toHaveProperty('carriedOut');
    expect(reject(of('revokeKey'), undefined, context('second')).state).toMatchObject({
      decidedBy: 'second',
      decidedAt: NOW.toISOString(),
      expiresAt: later(DAY).toISOString(),
    });
  });

  test('is decided by another admin, and its secret is for the one who asked', () => {
    const forbidden = (message: RegExp) =>
      expect.objectContaining({ code: 'forbidden', message: expect.stringMatching(message) });
    const first = context('first');
    expect(() => approve(of('revokeKey'), first)).toThrow(forbidden(/another admin/));
    expect(() => reject(of('revokeKey'), undefined, first)).toThrow(forbidden(/another admin/));
    expect(() => withdraw(of('revokeKey'), undefined, context('second'))).toThrow(
      forbidden(/Only who requested/),
    );
    expect(() => requireSecondPerson(approval(), context('second'))).not.toThrow();
    expect(() => requireRequester(approval(), context('second'))).toThrow(forbidden(/Only who requested/));
    expect(() => requireRequester(approval(), context('first'))).not.toThrow();
  });
});

test.each([
  ['rejected', reject, context('second')],
  ['withdrawn', withdraw, context('first')],
] as const)('what is %s says why in state and event, or that nobody said', (state, decide, who) => {
  const said = decide(of('revokeKey'), 'Not this week', who);
  expect(said).toMatchObject({ state: { state, reason: 'Not this week' } });
  expect(said.event.data.reason).toBe('Not this week');
  const silent = decide(of('revokeKey'), undefined, who);
  expect(silent.state).not.toHaveProperty('reason');
  expect(silent.event.data.reason).toBeNull();
});

test('what was approved and shows no secret is carried out, and not to be withdrawn', () => {
  const { state } = approve(of('revokeKey'), context('second'));
  expect(() => withdraw(state, undefined, context('first'))).toThrow(/carried out already/);
});

test.each([
  ['createKey', true],
  ['rotateKey', true],
  ['revealSubscriptionKeys', true],
  ['regenerateSubscriptionKey', true],
  ['revokeKey', false],
] as const)('%s shows a secret: %p', (operation, shows) => {
  expect(showsSecret(of(operation))).toBe(shows);
});

describe('what was approved', () => {
  test('is done when it was carried out, and what shows a secret when it was claimed', () => {
    expect(isDone(of('revokeKey', { state: 'approved' }))).toBe(true);
    expect(isDone(of('revokeKey', { state: 'approved', carriedOut: true }))).toBe(true);
    expect(isDone(of('revokeKey', { state: 'approved', carriedOut: false }))).toBe(false);
    expect(isDone(of('rotateKey', { state: 'approved' }))).toBe(false);
    expect(isDone(of('rotateKey', { state: 'claimed' }))).toBe(true);
    expect(isDone(of('rotateKey', { state: 'claimed', carriedOut: false }))).toBe(false);
    for (const state of ['pending', 'rejected', 'lapsed', 'failed'] as const)
      expect(isDone(of('revokeKey', { state }))).toBe(false);
  });

  test('is for others to carry out half a minute after the decision, a secret’s end when its time is over', () => {
    const decided = { state: 'approved', decidedAt: NOW.toISOString(), carriedOut: false } as const;
    expect(overdueAt(of('revokeKey', decided))).toBe(later(30_000).toISOString());
    expect(overdueAt(of('rotateKey', { ...decided, state: 'claimed' }))).toBe(later(DAY).toISOString());
    expect(overdueAt(of('revokeKey', { state: 'approved', carriedOut: false }))).toBe(
      later(DAY).toISOString(),
    );
    expect(overdueAt(of('revokeKey', { ...decided, carriedOut: true }))).toBeUndefined();
    expect(overdueAt(of('revokeKey', { ...decided, state: 'failed' }))).toBeUndefined();
    expect(overdueAt(of('revokeKey'))).toBeUndefined();
  });

  test('lapses by itself as long as it waits for somebody', () => {
    const lapsing = (operation: keyof typeof operations, state: Approval['state']) =>
      lapsesAt(of(operation, { state }));
    expect(lapsing('revokeKey', 'pending')).toBe(later(DAY).toISOString());
    expect(lapsing('rotateKey', 'approved')).toBe(later(DAY).toISOString());
    expect(lapsing('revokeKey', 'approved')).toBeUndefined();
    expect(lapsing('rotateKey', 'claimed')).toBeUndefined();
  });

  test('is over to the millisecond', () => {
    expect([isOver(approval(), later(DAY - 1)), isOver(approval(), later(DAY))]).toEqual([false, true]);
  });

  test('and claimed is told again by undefined, until its time is over', () => {
    const claimed = { ...approval({ state: 'claimed' }) };
    expect(claim(claimed, context('first', later(DAY - 1)))).toBeUndefined();
    expect(() => claim(claimed, context('first', later(DAY)))).toThrow(/claimed already/);
    expect(claim(approval({ state: 'approved' }), context('first'))?.state.carriedOut).toBe(false);
  });

  test('and can’t be carried out is told as the system’s, with the reason', () => {
    const { state, event } = fail(approval({ state: 'approved' }), 'the key is gone', context('second'));
    expect(state).toMatchObject({ state: 'failed', failure: 'the key is gone', revision: 2 });
    expect(event).toMatchObject({
      type: 'approval.failed',
      actor: { type: 'system', id: 'keywright' },
      data: { operation: 'rotateKey', requestedBy: 'first', reason: 'the key is gone' },
    });
  });
});

test.each([
  ['pending', /waits for a second admin/],
  ['approved', /approved and carried out already/],
  ['claimed', /claimed already; if the answer was lost, rotate/],
  ['rejected', /rejected; request it anew/],
  ['withdrawn', /withdrawn; request it anew/],
  ['lapsed', /lapsed; request it anew/],
  ['failed', /could not be carried out; request it anew/],
] as const)('one that is %s says so, and what to do', (state, message) => {
  expect(unfit(state)).toMatchObject({ code: 'invalid_state', message: expect.stringMatching(message) });
});

test('one that was approved can’t be decided on again, whatever it is', () => {
  for (const operation of ['rotateKey', 'revokeKey'] as const) {
    expect(() => approve(of(operation, { state: 'approved' }), context('second'))).toThrow(
      'It was approved already',
    );
  }
});
