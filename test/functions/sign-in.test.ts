import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { FORWARDED } from '../../core/contract/forwarded.ts';
import { sessionIdOf } from '../../core/store/session-store.ts';
import { type Browser, EDGE, ORIGINS, SignInFixture } from '../support/sign-in.ts';

const VIEWER = '203.0.113.9';
const BY_CLOUDFRONT = { [FORWARDED.secret]: 'known', [FORWARDED.address]: VIEWER };
const OWN_PAGE = { 'sec-fetch-site': 'same-origin' };

let fixture: SignInFixture;
beforeAll(async () => {
  fixture = await SignInFixture.start();
});
afterAll(() => fixture.close());
beforeEach(() => fixture.reset());

const lastEvent = async () => (await fixture.dynamodb.emitted()).at(-1);

describe('a sign-in', () => {
  test('gives a cookie for servers and this host alone, and leads back to where it was asked for', async () => {
    const browser = fixture.browser();
    const { location } = await browser.ask('GET /auth/login', { query: 'returnTo=/keys%3Fa%3D1' });
    const answer = await browser.comeBack(fixture.issuer.signIn(location));
    expect(answer).toMatchObject({ statusCode: 303, location: '/keys?a=1' });
    expect(answer.cookies).toEqual([
      expect.stringMatching(/^__Host-kw-login-.*=; .*Max-Age=0/),
      expect.stringMatching(
        /^__Host-kw=[A-Za-z0-9_-]{43}; Path=\/; Max-Age=43200; HttpOnly; Secure; SameSite=Strict$/,
      ),
    ]);
    expect(await browser.session()).toMatchObject({ sub: 'person-1', email: 'a@example.com', mfa: true });
  });

  test('leaves nothing in the table by which somebody could come', async () => {
    const browser = await fixture.signedIn();
    const all = JSON.stringify(await fixture.dynamodb.everything());
    const refreshToken = await fixture.dependencies.sealed.open(
      String((await browser.stored())?.refreshToken),
      { session: sessionIdOf(browser.cookie) },
    );
    expect(refreshToken).toHaveLength(36);
    for (const secret of [browser.cookie, String(refreshToken)]) expect(all).not.toContain(secret);
  });

  test.each<[string, Record<string, string>, string]>([
    ['the viewer, as CloudFront says', BY_CLOUDFRONT, VIEWER],
    ['what API Gateway sees of a stranger', { ...BY_CLOUDFRONT, [FORWARDED.secret]: 'guessed' }, EDGE],
    ['what API Gateway sees of who comes directly', { [FORWARDED.address]: VIEWER }, EDGE],
  ])('is noted as from %s, and so is its end', async (_, headers, ip) => {
    const browser = fixture.browser();
    await browser.signIn('GET /auth/login', headers);
    expect(await browser.stored()).toMatchObject({ ip });
    expect(await lastEvent()).toMatchObject({ type: 'session.started', actor: { ip } });
    await browser.ask('POST /auth/logout', { headers: { ...OWN_PAGE, ...headers } });
    expect(await lastEvent()).toMatchObject({ type: 'session.ended', actor: { ip } });
  });

  test('comes back to a portal of ours, whoever says which', async () => {
    const redirectUri = async (origin: string) => {
      const { location } = await fixture.browser().ask('GET /auth/login', {
        headers: { [FORWARDED.origin]: origin },
      });
      return new URL(location).searchParams.get('redirect_uri');
    };
    expect(await redirectUri('https://admin.example.com')).toBe('https://admin.example.com/auth/callback');
    expect(await redirectUri('https://evil.example')).toBe(`${ORIGINS[0]}/auth/callback`);
  });

  test.each([
    ...['//evil.example', '/\\evil.example', '/\t/evil.example', '/.//evil.example', '/a/..//evil.example'],
    ...[
      'https://evil.example',
      'https:evil.example',
      '\\\\evil.example',
      ' //evil.example',
      '%2f%2fevil.example',
    ],
    ...['/auth/logout', '/AUTH/step-up', '/a/../v1/me', '/%2e%2e//evil.example', 'javascript:alert(1)'],
  ])('leads to the first page, and not to %j', async (returnTo) => {
    const browser = fixture.browser();
    const query = String(new URLSearchParams({ returnTo }));
    const answer = await browser.comeBack(
      fixture.issuer.signIn((await browser.ask('GET /auth/login', { query })).location),
    );
    expect(answer).toMatchObject({ statusCode: 303, location: '/' });
  });

  test('that is begun again and again leaves room in a browser’s headers', async () => {
    const browser = await fixture.signedIn();
    for (const text of ['x', '"', '%22', '\\"']) {
      for (let i = 0; i < 5; i += 1) {
        const query = String(new URLSearchParams({ returnTo: `/?${text.repeat(1000)}`.slice(0, 1024) }));
        await browser.ask('GET /auth/login', { query });
        const all = [...browser.cookies].map(([name, { value }]) => `${name}=${value}`);
        expect(all.join('; ').length).toBeLessThan(8_500);
      }
    }
  });
});

describe('who comes back is not signed in', () => {
  const begun = async () => {
    const browser = fixture.browser();
    const back = fixture.issuer.signIn((await browser.ask('GET /auth/login')).location);
    return { browser, back };
  };
  const changed = (url: URL, change: (query: URLSearchParams) => void) => {
    const own = new URL(url);
    change(own.searchParams);
    return own;
  };

  test.each<[string, (begun: { browser: Browser; back: URL }) => unknown]>([
    [
      'without a state',
      ({ browser, back }) => browser.comeBack(changed(back, (query) => query.delete('state'))),
    ],
    [
      'with a state that was made up',
      ({ browser, back }) => browser.comeBack(changed(back, (query) => query.set('state', 'x'.repeat(43)))),
    ],
    [
      'with a state that begins as the right one',
      ({ browser, back }) =>
        browser.comeBack(changed(back, (query) => query.set('state', `${query.get('state')?.slice(0, 8)}x`))),
    ],
    [
      'with two states',
      ({ browser, back }) =>
        browser.comeBack(changed(back, (query) => query.append('state', String(query.get('state'))))),
    ],
    ['in a browser that began nothing', ({ back }) => fixture.browser().comeBack(back)],
    ['in a browser that began another', async ({ back }) => (await begun()).browser.comeBack(back)],
    [
      'with the code of another sign-in',
      async ({ browser, back }) => {
        const { back: others } = await begun();
        return browser.comeBack(
          changed(back, (query) => query.set('code', String(others.searchParams.get('code')))),
        );
      },
    ],
    [
      'with another browser’s note of its sign-in',
      async ({ browser, back }) => {
        const [[name = '', note] = []] = [...browser.cookies];
        const { browser: other, back: others } = await begun();
        other.cookies.set(name, note as never);
        return other.comeBack(
          changed(back, (query) => query.set('code', String(others.searchParams.get('code')))),
        );
      },
    ],
    [
      'after ten minutes',
      ({ browser, back }) => {
        fixture.wait(601);
        return browser.comeBack(back);
      },
    ],
    [
      'a second time',
      async ({ browser, back }) => {
        const notes = [...browser.cookies];
        expect((await browser.comeBack(back)).statusCode).toBe(303);
        const again = fixture.browser();
        for (const [name, note] of notes) again.cookies.set(name, note);
        expect((await browser.comeBack(back)).statusCode).toBe(400);
        return again.comeBack(back);
      },
    ],
    [
      'having cancelled',
      ({ browser, back }) =>
        browser.comeBack(
          changed(back, (query) => {
            query.delete('code');
            query.set('error', 'access_denied');
          }),
        ),
    ],
    [
      'whom the issuer names not',
      ({ browser, back }) => {
        fixture.issuer.person = { 'keywright:role': 'admin' };
        return browser.comeBack(back);
      },
    ],
  ])('%s', async (_, comeBack) => {
    const answer = (await comeBack(await begun())) as APIGatewayProxyStructuredResultV2;
    expect(answer.statusCode).toBe(400);
    expect(String(answer.cookies)).not.toContain('__Host-kw=');
    expect(answer.body).toContain('You are not signed in');
  });

  test('while the issuer is away, and is once it is back', async () => {
    const { browser, back } = await begun();
    fixture.issuer.down = true;
    expect(await browser.comeBack(back)).toMatchObject({ statusCode: 503, cookies: [] });
    fixture.issuer.down = false;
    expect((await browser.comeBack(back)).statusCode).toBe(303);
  });
});
