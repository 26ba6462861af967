import { describe, expect, test } from '@jest/globals';
import {
  endSession,
  isAlive,
  isRecentSignIn,
  isToBeRenewed,
  isToBeSeen,
  readClaims,
  renewedClaims,
  type Session,
  startSession,
  userAgentOf,
} from '../../../core/domain/people/session.ts';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const context = (now = NOW) => ({
  now,
  requestId: 'r',
  eventId: 'e',
  actor: { type: 'admin', id: 'p' } as const,
});
const CLAIMS = {
  ...{ sub: 'person-1', email: 'a@example.com', 'keywright:role': 'auditor', 'keywright:tenants': ['*'] },
  ...{ amr: ['pwd', 'mfa'], auth_time: NOW.getTime() / 1000, nonce: 'n', at_hash: 'h' },
};
const input = {
  ...{
    sessionId: `session_${'0'.repeat(64)}`,
    claims: readClaims(CLAIMS),
    ip: '198.51.100.7',
    userAgent: null,
  },
  ...{ refreshToken: 'sealed' as string | null, tokenEndsAt: at(300) },
};
const started = (change: Partial<typeof input> = {}) => startSession({ ...input, ...change }, context());

test('a session keeps what functions read of a token, and its event says whose it is', () => {
  const { state, event } = started();
  expect(state.claims).not.toHaveProperty('nonce');
  expect(state).toMatchObject({ sub: 'person-1', endsAt: at(12 * 3600).toISOString(), revision: 1 });
  expect(event).toMatchObject({
    type: 'session.started',
    tenantId: null,
    actor: { type: 'auditor', id: 'person-1', ip: '198.51.100.7', name: 'a@example.com' },
    data: { secondFactor: true },
  });
  expect(() => started({ claims: { amr: ['mfa'] } as never })).toThrow(/names nobody/);
});

test('without a refresh token it lives no longer than the token that it goes by', () => {
  expect(started({ refreshToken: null }).state.endsAt).toBe(at(300).toISOString());
});

describe('a session', () => {
  const { state } = started();
  const used = (seconds: number, change: Partial<Session> = {}): Session => ({
    ...state,
    lastSeenAt: at(seconds).toISOString(),
    renewedAt: at(seconds).toISOString(),
    ...change,
  });
  test.each<[string, Session, number, boolean]>([
    ['is there', state, 0, true],
    ['is there unused for an hour less a second', state, 3599, true],
    ['is over unused for an hour', state, 3600, false],
    ['is there after eleven hours of use', used(11 * 3600), 11 * 3600, true],
    ['is over after twelve', used(12 * 3600 - 1), 12 * 3600, false],
    ['is over once it was ended', { ...state, endedAt: at(1).toISOString() }, 2, false],
    ['outlives an issuer that is away', used(7199, { renewedAt: NOW.toISOString() }), 7199, true],
    ['is over where nobody vouched for two hours', used(7199, { renewedAt: NOW.toISOString() }), 7200, false],
  ])('%s', (_, session, seconds, expected) => {
    expect(isAlive(session, at(seconds))).toBe(expected);
  });

  test('is noted as used once a minute, and vouched for anew once in fifteen', () => {
    expect([59, 60].map((seconds) => isToBeSeen(state, at(seconds)))).toEqual([false, true]);
    expect([899, 900].map((seconds) => isToBeRenewed(state, at(seconds)))).toEqual([false, true]);
    expect(isToBeRenewed({ ...state, refreshToken: null }, at(900))).toBe(false);
  });

  test('ends once, without its refresh token', () => {
    const ended = endSession(state, 'endedByAdmin', context(at(5)));
    expect(ended.state).toMatchObject({ refreshToken: null, endedAt: at(5).toISOString(), revision: 2 });
    expect(ended.event.data).toEqual({
      sub: 'person-1',
      startedAt: NOW.toISOString(),
      reason: 'endedByAdmin',
    });
    expect(() => endSession(ended.state, 'signedOut', context(at(6)))).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
  });

  test('is of a recent sign-in for as long as is said, and never where the issuer does not say when', () => {
    expect([899, 900].map((seconds) => isRecentSignIn(state, at(seconds), 900))).toEqual([true, false]);
    expect(isRecentSignIn({ ...state, claims: { sub: 'person-1' } }, NOW, 900)).toBe(false);
  });
});

test.each<[string, object, object]>([
  ['role', { 'keywright:role': 'developer' }, { 'keywright:role': 'developer' }],
  ['tenants', { 'keywright:tenants': ['tenant_a'] }, { 'keywright:tenants': ['tenant_a'] }],
  [
    'address, which is not verified by what was said of another',
    { email: 'b@x.test' },
    { email: 'b@x.test' },
  ],
  [
    'verification, with its address alone',
    { 'keywright:email_verified': false },
    { email: 'a@example.com', email_verified: true },
  ],
])(
  'what the issuer says later changes the %s, and neither how nor when somebody signed in',
  (_, said, expected) => {
    const before = readClaims({ ...CLAIMS, email_verified: true });
    const now = { sub: 'person-1', amr: ['pwd'], auth_time: 1, at_hash: 'h', ...said };
    expect(renewedClaims(before, now)).toEqual({
      ...{ sub: 'person-1', amr: ['pwd', 'mfa'], auth_time: CLAIMS.auth_time },
      ...('email' in said ? {} : { email: 'a@example.com', email_verified: true }),
      ...expected,
    });
    expect(renewedClaims(before, { ...said, at_hash: 'h' })).toEqual(before);
  },
);

test('a browser names itself in plain characters, and briefly', () => {
  expect(userAgentOf('Moz\u0000illa\u202e/5')).toBe('Mozilla/5');
  expect(userAgentOf('x'.repeat(999))).toHaveLength(256);
  expect(userAgentOf(undefined)).toBeNull();
});
