import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addressOf, issuerOf, portalPage } from '../../bin/command/address.ts';
import { EXIT_MEANINGS, Exit, exitOf } from '../../bin/command/exit.ts';
import {
  ago,
  countOf,
  durationInWords,
  exactTime,
  nearest,
  secondsOf,
  wasUsed,
} from '../../bin/command/format.ts';
import { candidates, choicesOf } from '../../bin/command/nouns/completion.ts';
import { progressLine, rowOfCsv } from '../../bin/command/nouns/import.ts';
import { verdictInWords, watchedInWords } from '../../bin/command/nouns/overlap.ts';
import { receiptInWords, stopInWords } from '../../bin/command/nouns/receipt.ts';
import { NOUNS } from '../../bin/command/nouns.ts';
import { printable } from '../../bin/command/output.ts';
import { type Actual, planOf, readDesired, type Wanted } from '../../bin/command/plan.ts';
import { COMMON_OPTIONS } from '../../bin/command/verb.ts';
import { NUMBERS, placeholderOf, wholeNumber } from '../../bin/command/whole-number.ts';
import { KeywrightError } from '../../client/keywright-error.ts';
import { countedInWords } from '../../core/contract/usage-names.ts';
import { PROJECT } from '../support/local-server.ts';

const page = readFileSync(join(PROJECT, 'docs/use/cli.md'), 'utf8');

describe('exit codes', () => {
  test.each([
    [0, 8],
    [400, 2],
    [401, 3],
    [403, 4],
    [404, 5],
    [409, 6],
    [412, 6],
    [413, 2],
    [415, 2],
    [422, 2],
    [429, 8],
    [500, 8],
    [502, 8],
    [503, 8],
    [504, 8],
  ])('an answer of %d ends with %d', (status, code) => {
    expect(exitOf(new KeywrightError(status, { code: 'conflict', message: 'No' })).code).toBe(code);
  });

  test('are those that the page lists', () => {
    const rows = [...page.matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(([, code, text]) => [
      code,
      text?.replaceAll('`', ''),
    ]);
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(
        Object.entries(EXIT_MEANINGS).map(([code, text]) => [code, text.replaceAll('’', "'")]),
      ),
    );
  });

  test('an error says all that was wrong, and by which request', () => {
    const details = [{ param: 'name', message: 'too long' }, { message: 'no role' }];
    const error = new KeywrightError(400, {
      code: 'invalid_request',
      message: 'Two faults',
      details,
      requestId: 'r-1',
    });
    expect(exitOf(error).message).toBe(
      'the management API answered 400: Two faults\n  name: too long\n  no role\n  request r-1',
    );
    expect(exitOf(new Exit(7))).toMatchObject({ code: 7, message: '' });
  });
});

test('the page lists every command', async () => {
  const listed = [...page.matchAll(/^\| `(\w[\w-]*)` \| (.+) \|$/gm)].map(([, noun, verbs]) => [
    noun,
    verbs?.replaceAll('`', ''),
  ]);
  const there = [];
  for (const { name, load } of NOUNS)
    there.push([
      name,
      (await load())
        .filter(({ isHidden }) => !isHidden)
        .map((verb) => verb.name || '–')
        .join(', '),
    ]);
  expect(listed).toEqual(there);
});

describe('options that are numbers', () => {
  test('are known by what stands for their value: each is text, a choice or a number', async () => {
    const verbs = (await Promise.all(NOUNS.map(({ load }) => load()))).flat();
    const flags = [...COMMON_OPTIONS, ...verbs.flatMap(({ options = [] }) => options)].map(([each]) => each);
    const placeholders = [...new Set(flags.map(placeholderOf))];
    // Whoever adds one says here that it is text, or in NUMBERS what it may be.
    const texts = [
      ...['', '<address>', '<api>', '<duration>', '<environment>', '<file>', '<format>', '<group>', '<id>'],
      ...['<json>', '<key>', '<kind>', '<list>', '<method>', '<name>', '<origin>', '<pairs>', '<path>'],
      ...['<permission>', '<product>', '<response>', '<role>', '<scheme>', '<seq:hash>', '<slot>', '<state>'],
      ...['<status>', '<text>', '<time>', '<token>', '<true|false>', '<type>', '<url>', '<version>'],
      '<yes|no>',
    ];
    expect(placeholders.filter((each) => !(each in NUMBERS)).sort()).toEqual(texts);
    expect(Object.keys(NUMBERS).filter((each) => !placeholders.includes(each))).toEqual([]);
  });

  test.each(Object.entries(NUMBERS))('as %s are whole and in their range', (_, [least, most]) => {
    const of = (text: string) => wholeNumber('--option', text, [least, most]);
    expect([`${least}`, `${most}`].map(of)).toEqual([least, most]);
    for (const text of ['x', '', ' ', '-3', '1.5', '1e1', '0x10', '5s', 'Infinity', `${most + 1}`])
      expect(() => of(text)).toThrow(
        `--option: ${JSON.stringify(text)} is none; expected a whole number from ${least} to ${most}`,
      );
  });
});

describe('completion', () => {
  const at = async (...words: string[]) => (await candidates(NOUNS, words)).map(([word]) => word);

  test('goes by the words that are typed, whatever options stand between them', async () => {
    expect(await at('')).toEqual(NOUNS.map(({ name }) => name));
    expect(await at('co')).toEqual(['config', 'completion']);
    expect(await at('keys', 'ro')).toEqual(['rotate']);
    expect(await at('--tenant', 'keys', 'keys', '--json', 'ro')).toEqual(['rotate']);
    expect(await at('apis', 'client-key', '')).toEqual(['reveal', 'regenerate', 'publish', 'unpublish']);
    expect(await at('apis', 'cl')).toEqual(['client-key']);
    expect(await at('keys', 'rotate', 'CI deploy', '--o')).toEqual(['--overlap']);
    expect(await at('keys', 'rotate', '--overlap', '6h', '--o')).toEqual([]);
    expect(await at('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  test('leaves to the shell what may be anything', async () => {
    for (const words of [
      ['keys', 'import', ''],
      ['keys', 'rotate', '--secret-file', ''],
      ['nothing', ''],
    ])
      expect(await at(...words)).toEqual([]);
  });

  test('offers the values of which there are few', async () => {
    expect(await at('keys', 'list', '--environment', 's')).toEqual(['sandbox']);
    expect(await at('keys', 'create', '--type', '')).toEqual(['publishable', 'secret']);
    const verbs = (await Promise.all(NOUNS.map(({ load }) => load()))).flat();
    const said = verbs.flatMap(({ args = [], options = [] }) => [...args, ...options]);
    // What only reads as if it named values would be here too.
    expect([...new Set(said.map(([, about]) => choicesOf(about).join(' ')))].sort()).toEqual([
      '',
      'active disabled revoked expired',
      'admin developer auditor',
      'bash zsh fish',
      'open acknowledged',
      'pending active suspended cancelled rejected',
      'pending approved claimed rejected withdrawn lapsed failed',
      'pending approved rejected',
      'primary secondary',
      'publishable secret',
      'revoke notify',
      'sandbox live',
      'tenant subscription',
      'url issuer clientId tenant',
    ]);
  });
});

test('durations, ages and mistyped words', () => {
  expect(['90s', '30m', '6h', '7d', '0', '15', '1w', '', '-1h', '1.5h'].map(secondsOf)).toEqual([
    ...[90, 1800, 21_600, 604_800, 0, 15],
    ...[undefined, undefined, undefined, undefined],
  ]);
  const now = new Date('2026-11-28T12:00:00.000Z');
  const before = (seconds: number) => ago(new Date(now.getTime() - seconds * 1000).toISOString(), now);
  expect([2, 59, 60, 3599, 3600, 172_799, 172_800].map(before)).toEqual([
    ...['2 s ago', '59 s ago', '1 min ago', '59 min ago', '1 h ago', '47 h ago', '2 d ago'],
  ]);
  expect(ago(null, now)).toBe('never');
  expect([null, now.toISOString()].map((time) => wasUsed(time, now))).toEqual([
    ...['was never used', 'was used 0 s ago'],
  ]);
  expect([21_600, 604_800, 5400, 45, 0].map(durationInWords)).toEqual([
    '6 h',
    '7 d',
    '90 min',
    '45 s',
    '0 s',
  ]);
  expect([0, 1, 2, 41_200].map((number) => countOf(number, 'row'))).toEqual([
    ...['0 rows', '1 row', '2 rows', '41,200 rows'],
  ]);
  expect(nearest('kesy', ['keys', 'apis'])).toBe('keys');
  expect(nearest('xyzzy', ['keys', 'apis'])).toBeUndefined();
});

test('nothing that a terminal acts on is printed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be printed
      expect(printable(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    }),
  );
});

test('an import’s line of progress, and its rows', () => {
  const counts = { created: 41_010, exists: 180, invalid: 10 };
  expect(progressLine(41_200, 100_000, counts, 1900)).toBe(
    'import 41,200/100,000  created 41,010  exists 180  invalid 10  1,900/s  ETA 31 s',
  );
  expect(progressLine(5, undefined, { created: 5, exists: 0, invalid: 0 }, 0)).toBe(
    'import 5  created 5  exists 0  invalid 0  0/s',
  );
  expect(
    rowOfCsv({
      name: 'A',
      permissions: 'orders:read x:*',
      'metadata.team': 'web',
      'primary.key': 'k',
      role: '',
    }),
  ).toEqual({
    ...{ name: 'A', permissions: ['orders:read', 'x:*'] },
    ...{ metadata: { team: 'web' }, primary: { key: 'k' } },
  });
});

test('an overlap says whether the old secret is safe to end, and who still sends it', () => {
  const of = (verdict: 'quiet' | 'in_use' | 'never_used' | null, ...networks: string[]) =>
    verdictInWords({ verdict, old: verdict === null ? null : { networks } });
  expect([of(null), of('never_used'), of('quiet')]).toEqual([
    'No overlap: there is one secret.',
    'No use of the old secret is known. Safe to end.',
    'Quiet: the old secret is not used any more. Safe to end.',
  ]);
  const notSafe = 'the old secret. Not safe to end.';
  expect(of('in_use', '198.51.100.0/24')).toBe(`In use: 198.51.100.0/24 still sends ${notSafe}`);
  expect(of('in_use', '198.51.100.0/24', 'b', 'c')).toBe(
    `In use: 198.51.100.0/24 and 2 more still send ${notSafe}`,
  );
});

test('what was watched ends with what was seen of the old secret', () => {
  const since = new Date('2026-11-28T12:00:00.000Z');
  const now = new Date('2026-11-28T12:10:00.000Z');
  const old = { hint: 'EYNC', networks: ['198.51.100.0/24'], lastUsedAt: '2026-11-28T12:06:00.000Z' };
  expect(watchedInWords({ verdict: 'in_use', old }, since, now)).toMatch(
    /^Watched since 2026-11-28 .*: old …EYNC was used meanwhile, last 4 min ago. In use: 198.51.100.0\/24 still sends/,
  );
  const before = { ...old, lastUsedAt: '2026-11-28T11:59:59.000Z' };
  expect(watchedInWords({ verdict: 'quiet', old: before }, since, now)).toContain(
    'EYNC was not seen. Quiet:',
  );
  expect(watchedInWords({ verdict: null, old: null }, since, now)).toContain('No overlap');
});

test('a caller of whom no network is known is called so, and not by a sign', () => {
  const of = (...networks: string[]) => verdictInWords({ verdict: 'in_use', old: { networks } });
  expect(of('-')).toBe(
    'In use: somebody whose network is not known still sends the old secret. Not safe to end.',
  );
  expect(of('other', '-')).toContain('somebody in another network and 1 more still send');
  expect(['-', 'other', 'OTHER -', 'GET -', 'GET /v1/orders', '198.51.100.0/24'].map(countedInWords)).toEqual(
    [
      ...['not known', 'all others', 'route not told', 'GET, path not told'],
      ...['GET /v1/orders', '198.51.100.0/24'],
    ],
  );
});

test('a receipt’s times are the reader’s, with the zone and to the millisecond', () => {
  const endedAt = '2026-11-28T12:00:01.204Z';
  const firstRefusedAt = '2026-11-28T12:00:02.900Z';
  const lastAdmitted = { at: '2026-11-28T12:00:01.900Z', isExact: true };
  const words = receiptInWords({ tenantId: 't', keyId: 'k', endedAt, lastAdmitted, firstRefusedAt } as never);
  expect(words).toBe(
    `Stopped ${exactTime(endedAt)}; last admitted ${exactTime(lastAdmitted.at)}, first refused ${exactTime(firstRefusedAt)}; 0 admitted after ${exactTime(firstRefusedAt)}.`,
  );
  expect(exactTime(endedAt)).toMatch(/^2026-11-2\d \d\d:\d\d:01\.204 \S+$/);
  expect(exactTime(null)).toBeUndefined();
});

test('only pages of the portal are opened', () => {
  const portal = 'https://keys.example.com';
  expect(['', 'keys', '/admin/audit', '//keys?x=1'].map((page) => portalPage(portal, page))).toEqual(
    ['', 'keys', 'admin/audit', 'keys?x=1'].map((page) => `${portal}/${page}`),
  );
  for (const page of [
    ...['https://evil.example', 'javascript:alert(1)', 'file:///etc/passwd', '\\\\evil.example/x'],
    ...['https://keys.example.com.evil.example', 'http://keys.example.com/'],
  ])
    expect(() => portalPage(portal, page)).toThrow('is no page of the portal');
  expect(() => portalPage(`${portal}/keywright`, '../other')).toThrow('is no page of the portal');
});

test('a stop is told in one line once a call was refused', () => {
  const firstRefusedAt = '2026-11-28T01:04:43.240Z';
  const lastAdmitted = { at: '2026-11-28T01:04:41.940Z', isExact: true };
  const words = (receipt: object) => stopInWords({ lastAdmitted, firstRefusedAt, ...receipt } as never);
  expect(words({})).toMatch(
    /^Last admitted call \d\d:\d\d:41\.9, first refusal \d\d:\d\d:43\.2 \(1\.3 s\)\.$/,
  );
  expect(words({ lastAdmitted: { ...lastAdmitted, isExact: false } })).toMatch(
    /:41\.9 or up to a minute later, first refusal \S+:43\.2\.$/,
  );
  expect(words({ lastAdmitted: { ...lastAdmitted, at: '2026-11-28T01:04:43.500Z' } })).toMatch(/:43\.2\.$/);
  expect(words({ lastAdmitted: null })).toMatch(/^No call admitted, first refusal \S+:43\.2\.$/);
  expect(words({ firstRefusedAt: null })).toBeUndefined();
});

test('a token is never sent in the clear, but to this machine', () => {
  const written = ['', '/', '/v1', '/v1/', '//'].map((end) => addressOf(`https://keys.example.com${end}`));
  expect(new Set(written)).toEqual(new Set(['https://keys.example.com']));
  expect(issuerOf('https://id.example.com/pool')).toBe('https://id.example.com/pool');
  for (const issuer of ['id.example.com', 'http://id.example.com', 'ftp://x', 'not a url'])
    expect(() => issuerOf(issuer)).toThrow('is no address of an issuer');
  expect(['http://localhost:4100', 'http://127.0.0.1:4100', 'http://[::1]:4100'].map(addressOf)).toHaveLength(
    3,
  );
  for (const address of [
    'http://keys.example.com',
    'http://localhost.example.com',
    'ftp://x',
    'keys.example.com',
    'https://keys.example.com?x',
    'not a url',
    '',
  ])
    expect(() => addressOf(address)).toThrow(Exit);
});

describe('a file of what there should be', () => {
  const document = {
    apis: [{ name: 'orders', environment: 'live', scheme: 'tenant' }],
    products: [{ name: 'Payments', apis: ['orders/live'] }],
    tenants: {
      tenant_acme: {
        roles: { ci: { permissions: ['orders:read'] } },
        members: { 'Grace@example.com': 'admin' },
      },
    },
  };
  const asActual = ({ kind, name, fields }: Wanted): Actual => ({
    kind,
    name,
    fields: { ...fields, more: 1 },
    id: name,
  });

  test('is done once: the second plan is empty, and a change by hand is shown', () => {
    const wanted = readDesired(document);
    const first = planOf(wanted, []);
    expect(first.map(({ action, kind, name }) => `${action} ${kind} ${name}`)).toEqual([
      ...['create api orders/live', 'create product Payments'],
      ...['create role tenant_acme/ci', 'create member tenant_acme/grace@example.com'],
    ]);
    const actual = wanted.map(asActual);
    expect(planOf(wanted, actual)).toEqual([]);
    const drifted = actual.map((each) =>
      each.kind === 'role' ? { ...each, fields: { permissions: ['*:*'] } } : each,
    );
    expect(planOf(wanted, drifted)).toMatchObject([
      {
        action: 'update',
        kind: 'role',
        fields: [{ field: 'permissions', from: ['*:*'], to: ['orders:read'] }],
      },
    ]);
  });

  test.each([
    ['a list', [], /the file is \[\]/],
    ['a section that there is not', { keys: [] }, /"keys"; there are apis, products, tenants/],
    ['an API without an environment', { apis: [{ name: 'a' }] }, /apis\[0\]\.environment is undefined/],
    ['an API twice', { apis: [...document.apis, ...document.apis] }, /api orders\/live twice/],
    ['a tenant’s keys', { tenants: { tenant_a: { keys: {} } } }, /tenants\.tenant_a has "keys"/],
    [
      'a member’s role that is none',
      { tenants: { tenant_a: { members: { 'a@b.example': 1 } } } },
      /members\.a@b\.example is 1/,
    ],
  ])('is refused as %s', (_, wrong, message) => {
    expect(() => readDesired(wrong)).toThrow(message);
  });
});
