import { describe, expect, test } from '@jest/globals';
import type { Finding, Verdict } from '../../smoke/finding.ts';
import { apiAddress, isDeclared, type ProtectedApi } from '../../smoke/protected-api.ts';
import { exitCodeOf, type Outcome, pageOf } from '../../smoke/report.ts';

const finding = (verdict: Verdict, more: Partial<Finding> = {}): Finding => ({
  chapter: 'calls',
  promise: 'a key is let in',
  verdict,
  ...more,
});
const outcome = (findings: readonly Finding[], more: Partial<Outcome> = {}): Outcome => ({
  url: 'https://keys.example.com',
  begun: new Date('2026-11-28T08:12:59Z'),
  seconds: 41.6,
  findings,
  leftBehind: [],
  kept: [],
  ...more,
});
const page = (findings: readonly Finding[], more: Partial<Outcome> = {}) =>
  pageOf(outcome(findings, more), { coloured: false });

test.each<[string, 0 | 1 | 2, readonly Verdict[], Partial<Outcome>]>([
  ['all that was asked held', 0, ['held', 'not asked'], {}],
  ['one promise is not kept', 1, ['held', 'broken', 'unclear'], {}],
  ['something is left behind', 1, ['held'], { leftBehind: ['key_1'] }],
  [
    'something is left behind of a run that was stopped',
    1,
    ['held'],
    { leftBehind: ['key_1'], cutShort: 'it was stopped' },
  ],
  ['one has no answer', 2, ['held', 'unclear'], {}],
  ['the run was stopped', 2, ['held'], { cutShort: 'it was stopped' }],
  ['nothing was asked', 2, ['not asked'], {}],
])('where %s, the exit code is %i', (_, code, verdicts, more) => {
  expect(
    exitCodeOf(
      outcome(
        verdicts.map((verdict) => finding(verdict)),
        more,
      ),
    ),
  ).toBe(code);
});

describe('the page', () => {
  test('has chapters in their order, what is about one API below its name, and a sum', () => {
    expect(
      page(
        [
          finding('held', { chapter: 'open questions', promise: 'later' }),
          finding('broken', { subject: 'orders (REST API)', seen: '500', advice: 'Read the log.' }),
          finding('held', { subject: 'catalog (HTTP API)', seen: '200' }),
          finding('held', { subject: 'orders (REST API)', promise: 'another is not' }),
          finding('not asked', { promise: 'verify', advice: 'Give --profile.' }),
        ],
        { kept: ['a tenant'] },
      ),
    ).toBe(`Smoke test of https://keys.example.com, 2026-11-28 08:12 UTC

Calls
  not asked  verify
  orders (REST API)
    NOT HELD   a key is let in: 500
    held       another is not
  catalog (HTTP API)
    held       a key is let in: 200

Open questions
  held       later

To do
  1.  Read the log.

To learn more
  1.  Give --profile.

Stays, and does no harm
  1.  a tenant

3 held, 1 not held, 1 not asked, in 42 seconds.
`);
  });

  test('says each advice once, that of the worse first, and none of what held', () => {
    const told = page([
      finding('unclear', { advice: 'Second.' }),
      finding('broken', { advice: 'First.' }),
      finding('broken', { advice: 'First.' }),
      finding('held', { advice: 'Never.' }),
    ]);
    expect(told).toContain('To do\n  1.  First.\n  2.  Second.\n\n1 held');
    expect(told).not.toContain('Never.');
  });

  test('breaks lines between words, at 100 columns, and keeps addresses whole', () => {
    const url = `https://${'a'.repeat(120)}.example.com`;
    const told = page([
      finding('broken', { seen: 'word '.repeat(60).trim(), advice: `Look at ${url} then` }),
    ]);
    for (const line of told.split('\n').filter((each) => !each.includes(url))) {
      expect(line.length).toBeLessThanOrEqual(100);
    }
    expect(told).toContain(`\n      ${url}\n      then\n`);
    expect(told).toContain(`\n${' '.repeat(13)}word word`);
  });

  test('says the same words in colour', () => {
    const findings = [finding('broken', { seen: '500' }), finding('held')];
    const coloured = pageOf(outcome(findings), { coloured: true });
    expect(coloured).toContain('\u001b[1;31mNOT HELD');
    expect(coloured.replaceAll(new RegExp(`${'\u001b'}\\[[\\d;]+m`, 'g'), '')).toBe(page(findings));
  });

  test('names what is left behind, and why it ended early', () => {
    const told = page([], { leftBehind: ['key_1 (revoking answered 500)'], cutShort: 'it was stopped' });
    expect(told).toContain('Left behind: take it away by hand\n  1.  key_1 (revoking answered 500)\n');
    expect(told).toContain('\nCut short: it was stopped\n');
  });
});

describe('--api', () => {
  test('is a kind, an id and an address', () => {
    expect(apiAddress('http:api_Invoices0001=https://x.example.com/prod/v1/invoices')).toEqual({
      kind: 'http',
      apiId: 'api_Invoices0001',
      url: 'https://x.example.com/prod/v1/invoices',
    });
    expect(apiAddress('websocket:api_Invoices0001=wss://x.example.com/prod').url).toBe(
      'https://x.example.com/prod',
    );
  });

  test.each([
    '',
    'soap:api_Invoices0001=https://x',
    'rest:api_short=https://x',
    'rest:api_Invoices0001=x',
    'rest:api_Invoices0001=https://',
  ])('says what it expects in place of %p', (text) =>
    expect(() => apiAddress(text)).toThrow(/expected <kind>:<apiId>=/),
  );
});

test.each([
  ['/v1/orders', '/prod/v1/orders', true],
  ['/v1/orders', '/v1/orders/7', false],
  ['/v1/orders/{id}', '/v1/orders/7', true],
  ['/v1/orders/{rest+}', '/v1/orders/7/lines', true],
  ['/v1/a.b', '/v1/aXb', false],
  ['/v1/products', '/sandbox/v1/items', false],
])('the route %s says what %s needs: %p', (path, pathname, isIt) => {
  const api = { url: `https://x.example.com${pathname}`, routes: [{ path }] } as unknown as ProtectedApi;
  expect(isDeclared(api)).toBe(isIt);
});
