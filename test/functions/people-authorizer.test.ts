import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import type { PeopleContext } from '../../core/contract/session.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { endSession } from '../../core/domain/people/session.ts';
import { SessionStore } from '../../core/store/session-store.ts';
import {
  authorizePerson,
  type PeopleAuthorizerDependencies,
} from '../../functions/people-authorizer/authorize-person.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { signIn } from '../support/sessions.ts';
import { silentLogger } from '../support/silent-logger.ts';

const ORIGIN = 'https://keys.example.com';
const CLAIMS = { sub: 'person-1', 'keywright:role': 'admin', 'keywright:tenants': '[*]', amr: '[pwd mfa]' };
const OWN_PAGE = { 'x-keywright': '1', 'sec-fetch-site': 'same-origin' };

let dynamodb: TestDynamoDb;
let sessions: SessionStore;
let clock: Date;
let renewed: string[];
let dependencies: PeopleAuthorizerDependencies;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  sessions = new SessionStore(dynamodb.main);
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  clock = new Date('2026-11-22T12:00:00.000Z');
  renewed = [];
  dependencies = {
    now: () => clock,
    sessions,
    tokens: {
      read: async (token) =>
        token === 'good'
          ? { claims: { ...CLAIMS, nonce: 'n', token_use: 'access' }, expiresAt: 0 }
          : undefined,
    },
    renew: async (sessionId) => renewed.push(sessionId),
    origins: [ORIGIN],
    recentSignInSeconds: 900,
    logger: silentLogger,
  };
});

const wait = (seconds: number) => {
  clock = new Date(clock.getTime() + seconds * 1000);
};

async function contextOf(
  request: { cookie?: string; headers?: Record<string, string>; method?: string },
  own = dependencies,
): Promise<PeopleContext> {
  const event = {
    cookies: request.cookie === undefined ? [] : [`__Host-kw=${request.cookie}`],
    headers: request.headers ?? {},
    requestContext: { http: { method: request.method ?? 'GET' } },
  } as unknown as APIGatewayRequestAuthorizerEventV2;
  return (await authorizePerson(own)(event)).context;
}

const started = async (change: Parameters<typeof signIn>[3] = {}, claims: object = {}) =>
  signIn(
    sessions,
    { ...CLAIMS, auth_time: String(clock.getTime() / 1000), ...claims } as never,
    clock,
    change,
  );

test('an access token is handed on by what functions read of it', async () => {
  for (const authorization of ['Bearer good', 'bearer good', 'good']) {
    expect(await contextOf({ headers: { authorization }, method: 'POST' })).toEqual({
      claims: CLAIMS,
      subject: 'person-1',
    });
  }
  for (const authorization of ['Bearer bad', '', 'Bearer good,Bearer good', 'Basic good']) {
    await expect(contextOf({ headers: { authorization } })).rejects.toThrow(/^Unauthorized$/);
  }
});

test('who comes with nothing, or with a cookie that leads nowhere, is nobody', async () => {
  await expect(contextOf({})).rejects.toThrow(/^Unauthorized$/);
  for (const cookie of ['x', 'a'.repeat(43)])
    await expect(contextOf({ cookie })).rejects.toThrow(/^Unauthorized$/);
});

describe('a session', () => {
  test('says who its person is, and that the sign-in is recent', async () => {
    const { cookie, session } = await started();
    const expected = { sessionId: session.sessionId, startedAt: session.startedAt, endsAt: session.endsAt };
    expect(await contextOf({ cookie })).toMatchObject({
      claims: { sub: 'person-1', amr: '[pwd mfa]' },
      session: { ...expected, isRecent: true },
      subject: 'person-1',
    });
    wait(900);
    expect(await contextOf({ cookie })).toMatchObject({ session: { ...expected, isRecent: false } });
  });

  test('is not looked at beside an access token, and neither is that', async () => {
    const { cookie } = await started();
    for (const authorization of ['Bearer good', 'Bearer bad', '']) {
      expect(await contextOf({ cookie, headers: { authorization } })).toEqual({ problem: 'two_credentials' });
    }
    expect(await contextOf({ cookie: 'unclear', headers: { authorization: 'Bearer good' } })).toEqual({
      problem: 'two_credentials',
    });
  });

  test('changes nothing for who does not prove to be a page of ours: nobody’s claims are handed on', async () => {
    const { cookie } = await started();
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const forged = { cookie, method, headers: { 'sec-fetch-site': 'cross-site' } };
      expect(await contextOf(forged)).toEqual({ problem: 'csrf' });
      expect(await contextOf({ cookie, method, headers: OWN_PAGE })).toMatchObject({ subject: 'person-1' });
    }
  });

  test('lets in nobody from its end on', async () => {
    const { cookie, session } = await started();
    const actor = { type: 'admin', id: 'p' } as const;
    const change = endSession(session, 'endedByAdmin', {
      now: clock,
      requestId: 'r',
      eventId: eventId(clock, randomBytes),
      actor,
    });
    await contextOf({ cookie });
    await sessions.update(session, change);
    await expect(contextOf({ cookie })).rejects.toThrow(/^Unauthorized$/);
  });

  test('ends unused for an hour, and goes on when it is used', async () => {
    const { cookie } = await started();
    for (let i = 0; i < 3; i += 1) {
      wait(3500);
      await contextOf({ cookie });
    }
    wait(3600);
    await expect(contextOf({ cookie })).rejects.toThrow(/^Unauthorized$/);
  });

  test('is noted as used once a minute, and renewed once in a quarter of an hour', async () => {
    const { cookie, session } = await started({ refreshToken: 'sealed' });
    const seen = async () => (await sessions.get(session.sessionId))?.lastSeenAt;
    wait(59);
    await contextOf({ cookie });
    expect(await seen()).toBe(session.startedAt);
    wait(841);
    await contextOf({ cookie });
    expect([await seen(), renewed]).toEqual([clock.toISOString(), [session.sessionId]]);
  });

  test('is good though its use can’t be noted and nobody can be asked to renew it', async () => {
    const { cookie } = await started({ refreshToken: 'sealed' });
    wait(1000);
    const failing = () => Promise.reject(new Error('away'));
    const weak = { get: (id: string) => sessions.get(id), noteSeen: failing };
    const own = { ...dependencies, sessions: weak, renew: failing };
    expect(await contextOf({ cookie }, own)).toMatchObject({ subject: 'person-1' });
  });
});

test('a table or an issuer that does not answer is no refusal', async () => {
  const failing = () => Promise.reject(new Error('away'));
  const { cookie } = await started();
  const away = { get: failing, noteSeen: failing };
  expect(await contextOf({ cookie }, { ...dependencies, sessions: away })).toEqual({
    problem: 'unavailable',
  });
  const headers = { authorization: 'Bearer good' };
  expect(await contextOf({ headers }, { ...dependencies, tokens: { read: failing } })).toEqual({
    problem: 'unavailable',
  });
});
