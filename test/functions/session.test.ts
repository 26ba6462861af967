import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Session } from '../../core/domain/people/session.ts';
import { sessionIdOf } from '../../core/store/session-store.ts';
import { renewSession } from '../../functions/session/renew-session.ts';
import { type Browser, COOKIE, ORIGINS, SignInFixture } from '../support/sign-in.ts';

const [ORIGIN] = ORIGINS;
const OWN_PAGE = { 'sec-fetch-site': 'same-origin' };

let fixture: SignInFixture;
beforeAll(async () => {
  fixture = await SignInFixture.start();
});
afterAll(() => fixture.close());
beforeEach(() => fixture.reset());

const renew = async (browser: Browser) =>
  renewSession(String((await browser.stored())?.sessionId), 'invocation', fixture.dependencies);
const lastEvent = async () => (await fixture.dynamodb.emitted()).at(-1);

describe('a session', () => {
  test('is over after an hour unused, and after twelve hours however it is used', async () => {
    for (const [times, every] of [
      [1, 3600],
      [13, 3500],
    ] as const) {
      const browser = await fixture.signedIn();
      for (let i = 0; i < times; i += 1) {
        const session = (await browser.stored()) as Session;
        expect(await browser.session()).not.toBeNull();
        await fixture.sessions.noteSeen(session, fixture.clock);
        await renew(browser);
        fixture.wait(every);
      }
      expect(await browser.session()).toBeNull();
    }
  });

  test('is nobody’s by a cookie that comes twice or is no value of ours', async () => {
    const [one, other] = await Promise.all([fixture.signedIn(), fixture.signedIn()]);
    const cookies = (...values: string[]) => values.map((value) => `${COOKIE}=${value}`);
    expect(await one.session(cookies(one.cookie, other.cookie))).toBeNull();
    for (const value of ['', 'x', `${one.cookie}x`, `"${one.cookie}"`, sessionIdOf(one.cookie)]) {
      expect(await one.session(cookies(value))).toBeNull();
    }
    expect(await one.session(cookies(one.cookie, one.cookie))).not.toBeNull();
    expect(await one.session(['__Host-kwx=1', `x__Host-kw=${other.cookie}`])).toBeNull();
  });

  test('lives no longer than what the issuer said, where that can’t be asked again', async () => {
    Object.assign(fixture.issuer, { refreshes: false, opaque: true });
    const endsAt = Date.parse(String((await (await fixture.signedIn()).stored())?.endsAt));
    expect(endsAt).toBeLessThanOrEqual(Date.now() + 300_000);
  });
});

describe('signing out', () => {
  test.each<[string, Record<string, string>]>([
    ['says nothing of itself', {}],
    ['is of another site', { 'sec-fetch-site': 'cross-site', origin: ORIGIN }],
    ['is of a neighbour', { 'sec-fetch-site': 'same-site' }],
    ['is of the address bar', { 'sec-fetch-site': 'none' }],
    ['is of another origin, in an old browser', { origin: `${ORIGIN}.evil.example` }],
    ['is of no origin, in an old browser', { origin: 'null' }],
  ])('is refused to a request that %s', async (_, headers) => {
    const browser = await fixture.signedIn();
    const answer = await browser.ask('POST /auth/logout', { headers: { 'x-keywright': '1', ...headers } });
    expect(answer).toMatchObject({ statusCode: 403, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(String(answer.body))).toMatchObject({ error: { code: 'csrf' } });
    expect(await browser.session()).not.toBeNull();
  });

  test('ends the session here and at the fixture.issuer, in two tabs at once too', async () => {
    const browser = await fixture.signedIn();
    const { cookie } = browser;
    const { refreshToken } = (await browser.stored()) as Session;
    const opened = await fixture.dependencies.sealed.open(String(refreshToken), {
      session: sessionIdOf(cookie),
    });
    const both = [OWN_PAGE, { ...OWN_PAGE, 'x-keywright': '1' }].map((headers) =>
      browser.ask('POST /auth/logout', { headers }),
    );
    const [form, script] = await Promise.all(both);
    expect(form?.statusCode).toBe(303);
    expect(form?.location).toMatch(`${fixture.issuer.issuer}/end_session?`);
    expect(script?.statusCode).toBe(200);
    expect(browser.cookie).toBe('');
    expect(await browser.session([`${COOKIE}=${cookie}`])).toBeNull();
    await expect(fixture.dependencies.issuer.renew(String(opened))).rejects.toMatchObject({
      code: 'invalid_grant',
    });
  });

  test('works while the issuer is away', async () => {
    const browser = await fixture.signedIn();
    const { cookie } = browser;
    fixture.wait(301);
    fixture.issuer.down = true;
    const answer = await browser.ask('POST /auth/logout', { headers: OWN_PAGE });
    expect(answer).toMatchObject({ statusCode: 303, location: '/' });
    expect(await browser.session([`${COOKIE}=${cookie}`])).toBeNull();
  });
});

test('asks for the operator’s class of sign-in where one confirms who one is, and nowhere else', async () => {
  fixture.acrValues = 'urn:example:mfa';
  const browser = await fixture.signedIn();
  const acrOf = async (route: 'GET /auth/step-up' | 'GET /auth/login') =>
    new URL((await browser.ask(route)).location).searchParams.get('acr_values');
  expect([await acrOf('GET /auth/step-up'), await acrOf('GET /auth/login')]).toEqual([
    'urn:example:mfa',
    null,
  ]);
  fixture.acrValues = '';
});

describe('confirming who one is', () => {
  const confirming = async () => {
    const browser = await fixture.signedIn();
    const { location } = await browser.ask('GET /auth/step-up');
    return { browser, location, before: browser.cookie };
  };

  test('asks anew, gives a new session, and ends the one before, which costs the new one nothing', async () => {
    const { browser, location, before } = await confirming();
    expect(Object.fromEntries(new URL(location).searchParams)).toMatchObject({
      ...{ prompt: 'login', max_age: '0', login_hint: 'a@example.com' },
    });
    expect(new URL(location).searchParams.has('acr_values')).toBe(false);
    expect((await browser.comeBack(fixture.issuer.signIn(location))).statusCode).toBe(303);
    expect(browser.cookie).not.toBe(before);
    expect(await lastEvent()).toMatchObject({
      type: 'session.ended',
      data: { reason: 'replaced' },
      subject: { id: sessionIdOf(before) },
    });
    fixture.wait(901);
    await renew(browser);
    expect(await browser.session()).not.toBeNull();
  });

  test.each<[string, () => object]>([
    ['somebody else', () => ({ sub: 'person-2' })],
    ['the person was not asked', () => ({ auth_time: fixture.seconds() - 600 })],
    ['nobody knows when the person was asked', () => ({ auth_time: undefined })],
  ])('confirms nothing where %s', async (_, said) => {
    const { browser, location, before } = await confirming();
    Object.assign(fixture.issuer.person, said());
    expect((await browser.comeBack(fixture.issuer.signIn(location))).statusCode).toBe(403);
    expect(browser.cookie).toBe(before);
    expect(await browser.session()).toMatchObject({ sub: 'person-1' });
  });

  test('is a sign-in as usual for whom another site sends there', async () => {
    const browser = await fixture.signedIn();
    const { location } = await browser.ask('GET /auth/step-up', { fromOtherSite: true });
    expect(new URL(location).searchParams.has('prompt')).toBe(false);
  });

  test('ends nobody else’s session, whatever the browser’s note says', async () => {
    const other = await fixture.signedIn();
    fixture.issuer.person = fixture.person({ sub: 'person-2' });
    const browser = fixture.browser();
    const { location } = await browser.ask('GET /auth/login');
    const [[name = '', note] = []] = [...browser.cookies];
    const signIn = JSON.parse(Buffer.from(String(note?.value), 'base64url').toString());
    const forged = JSON.stringify({
      ...signIn,
      replaces: sessionIdOf(other.cookie),
      returnTo: '//evil.example',
    });
    browser.cookies.set(name, { value: Buffer.from(forged).toString('base64url'), isStrict: false });
    expect(await browser.comeBack(fixture.issuer.signIn(location))).toMatchObject({
      statusCode: 303,
      location: '/',
    });
    expect(await other.session()).not.toBeNull();
  });
});

describe('renewing a session', () => {
  const due = async () => {
    const browser = await fixture.signedIn();
    fixture.wait(901);
    return browser;
  };
  const asked = () => fixture.issuer.requests.filter((path) => path === '/token').length;

  test('follows what the issuer says of the person, a role that it says no more of too', async () => {
    const browser = await due();
    const before = (await browser.stored()) as Session;
    fixture.issuer.person = { sub: 'person-1', amr: ['pwd'], auth_time: fixture.seconds() };
    await renew(browser);
    const { claims, refreshToken, renewedAt } = (await browser.stored()) as Session;
    expect(claims).toEqual({
      ...{ sub: 'person-1', email: 'a@example.com', email_verified: true },
      ...{ amr: ['pwd', 'mfa'], auth_time: before.claims.auth_time },
    });
    expect(renewedAt).toBe(fixture.clock.toISOString());
    expect(refreshToken).not.toBe(before.refreshToken);
  });

  test.each<[string, () => void]>([
    [
      'the issuer gives the person nothing any more',
      () => Object.assign(fixture.issuer, { refuses: 'invalid_grant' }),
    ],
    ['it bars the person', () => Object.assign(fixture.issuer, { refuses: 'access_denied' })],
    ['it speaks of somebody else', () => Object.assign(fixture.issuer.person, { sub: 'person-2' })],
  ])('ends it where %s', async (_, change) => {
    const browser = await due();
    change();
    await renew(browser);
    expect(await browser.session()).toBeNull();
    expect(await lastEvent()).toMatchObject({
      ...{ type: 'session.ended', actor: { type: 'system', id: 'keywright' }, data: { reason: 'issuer' } },
    });
  });

  test.each<[string, () => void]>([
    ['is away', () => Object.assign(fixture.issuer, { down: true })],
    ['knows the portal no more', () => Object.assign(fixture.issuer, { refuses: 'invalid_client' })],
    ['can’t now', () => Object.assign(fixture.issuer, { refuses: 'temporarily_unavailable' })],
  ])('fails, and leaves the session as it was, where the issuer %s', async (_, change) => {
    const browser = await due();
    const before = await browser.stored();
    change();
    await expect(renew(browser)).rejects.toThrow();
    expect(await browser.stored()).toEqual({ ...before, renewal: expect.any(String) });
    expect(await browser.session()).not.toBeNull();
    Object.assign(fixture.issuer, { down: false, refuses: undefined });
    fixture.wait(31);
    await renew(browser);
    expect(await browser.stored()).toMatchObject({ renewedAt: fixture.clock.toISOString() });
  });

  test('asks once, however many want it, and not before it is due', async () => {
    const browser = await due();
    const before = asked();
    await Promise.all([1, 2, 3].map(() => renew(browser)));
    await renew(browser);
    expect(asked() - before).toBe(1);
  });

  test('brings nobody back who has signed out meanwhile', async () => {
    const browser = await due();
    const { sessionId } = (await browser.stored()) as Session;
    await Promise.allSettled([renew(browser), browser.ask('POST /auth/logout', { headers: OWN_PAGE })]);
    expect(await fixture.sessions.get(sessionId)).toMatchObject({
      endedAt: expect.any(String),
      refreshToken: null,
    });
  });
});
