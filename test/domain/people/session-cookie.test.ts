import { expect, test } from '@jest/globals';
import {
  cookieNamesOf,
  nameFor,
  sessionCookieIn,
  setCookie,
} from '../../../core/domain/people/session-cookie.ts';

const DEPLOYED = cookieNamesOf(['https://keys.example.com', 'https://admin.example.com']);
const LOCAL = cookieNamesOf(['http://localhost:4100']);
const [A, B] = ['a'.repeat(43), 'b'.repeat(43)];
const SAFARI =
  'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15';
const CHROME = 'Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

test('a deployed portal has one name, and one on this machine its port in it', () => {
  expect(DEPLOYED.session).toEqual(['__Host-kw']);
  expect(LOCAL.session).toEqual(['__Host-kw-4100', 'kw-4100']);
  expect(cookieNamesOf([]).session).toEqual([]);
});

test('Safari, which takes no secure cookie over HTTP, gets a plain one on this machine alone', () => {
  const named = [SAFARI, CHROME, undefined].map((agent) => [
    nameFor(LOCAL.session, agent),
    nameFor(DEPLOYED.session, agent),
  ]);
  expect(named).toEqual([
    ['kw-4100', '__Host-kw'],
    ['__Host-kw-4100', '__Host-kw'],
    ['__Host-kw-4100', '__Host-kw'],
  ]);
});

test.each<[string, string[], unknown]>([
  ['none', ['other=1', '__Host-kw-login-x=1'], undefined],
  ['one', ['other=1', `__Host-kw-4100=${A}`], { value: A }],
  ['the plain one', [`kw-4100=${A}`], { value: A }],
  ['the same in both', [`kw-4100=${A}`, `__Host-kw-4100=${A}`], { value: A }],
  ['two that differ', [`kw-4100=${A}`, `__Host-kw-4100=${B}`], 'unclear'],
  ['one that was taken away', ['__Host-kw-4100='], undefined],
  ['no value of ours', ['__Host-kw-4100=x'], 'unclear'],
  ['another port’s', [`__Host-kw-4200=${A}`], undefined],
])('of a request with %s', (_, cookies, expected) => {
  expect(sessionCookieIn(cookies, LOCAL)).toEqual(expected);
});

test('is for its own host and for servers alone', () => {
  expect(setCookie('__Host-kw', 'v', { seconds: 5, sameSite: 'Strict' })).toBe(
    '__Host-kw=v; Path=/; Max-Age=5; HttpOnly; Secure; SameSite=Strict',
  );
  expect(setCookie('kw-4100', 'v', { seconds: 5, sameSite: 'Lax' })).toBe(
    'kw-4100=v; Path=/; Max-Age=5; HttpOnly; SameSite=Lax',
  );
});
