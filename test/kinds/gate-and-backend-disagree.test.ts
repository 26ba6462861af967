import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { permissionRefusal } from '../../core/domain/decision/checks.ts';
import type { Caller } from '../../core/domain/decision/decision.ts';
import type { ApiRoute } from '../../core/domain/products/protected-api.ts';
import { RouteTable } from '../../core/domain/products/route-table.ts';
import { Permissions } from '../../core/domain/tenants/permission.ts';
import {
  BACKENDS,
  type Backend,
  compatible,
  cutNull,
  cutParameters,
  cutSessions,
  decode,
  dropInvisible,
  inTurn,
  mergeSlashes,
  resolveDots,
  trimSegments,
  turnBackslashes,
} from '../support/backend-readings.ts';

const ROUTES: readonly ApiRoute[] = [
  { method: 'GET', path: '/v1/exports', permission: 'exports:write', public: false },
  { method: 'GET', path: '/v1/orders/{id}', permission: 'orders:read', public: false },
  { method: 'GET', path: '/v1/orders/invoices', permission: 'invoices:write', public: false },
  { method: 'GET', path: '/v1/files/{path+}', permission: 'content:write', public: false },
  { method: 'GET', path: '/v1/catalog/{rest+}', public: true },
  { method: 'GET', path: '/v1/catalog/prices', permission: 'prices:write', public: false },
  { method: 'ANY', path: '/v1/users/@me', permission: 'self:write', public: false },
  { method: 'GET', path: '/v1/Reports', permission: 'reports:write', public: false },
];
const table = new RouteTable(ROUTES);

const CALLERS = (
  [
    ['secret', ['orders:read']],
    ['secret', ['orders:*', 'users:read']],
    ['secret', ['*:read']],
    ['secret', ['*:read', 'exports:write']],
    ['secret', ['*:read', '*:write']],
    ['secret', ['catalog:read', 'files:read']],
    ['publishable', ['*:*']],
    ['secret', ['*:*']],
  ] as const
).map(([keyType, permissions]) => ({ keyType, permissions, granted: new Permissions(permissions) }));

type Grants = Pick<Caller, 'keyType' | 'granted'>;

/** The declared route that a backend finds; its rank is the table's own order by hand: literals first. */
function foundBy(backend: Backend, method: string, path: string): ApiRoute | undefined {
  const flags = backend.ignoresCase ? 'i' : '';
  const matching = ROUTES.filter((route) => {
    if (route.method !== 'ANY' && route.method !== method && !(route.method === 'GET' && method === 'HEAD')) {
      return false;
    }
    const source = route.path
      .replaceAll(/[.@]/g, '\\$&')
      .replace(/\{\w+\+\}/, backend.takesEmptyRest ? '.*' : '.+')
      .replaceAll(/\{\w+\}/g, '[^/]+');
    const format = backend.takesFormats ? '(?:\\.[^/]*)?' : '';
    const slash = backend.ignoresSlash ? '/?' : '';
    return new RegExp(`^${source}${format}${slash}$`, flags).test(path);
  });
  return matching.find((route) => !route.path.includes('{')) ?? matching[0];
}

/** What a backend's route asks, by the contract's words and without the gate's code. */
function mayReach(caller: Grants, route: ApiRoute | undefined, method: string, path: string): boolean {
  const reads = method === 'GET' || method === 'HEAD';
  if (route?.public === true && reads) return true;
  if (caller.keyType === 'publishable') return false;
  const resource = path.split('/').find((segment) => segment !== '' && !/^v[0-9]+$/.test(segment)) ?? '';
  const [asked = '', action = ''] = (route?.permission ?? `${resource}:${reads ? 'read' : 'write'}`).split(
    ':',
  );
  return caller.granted.allow({ resource: asked, action: action === 'write' ? 'write' : 'read' });
}

const admitted = (caller: Grants, method: string, path: string) =>
  permissionRefusal(caller, table.requirement(method, path)) === undefined;

/** Whom the gate lets pass to something that it refuses, as one backend reads it. */
function betrayals(method: string, path: string): string[] {
  return CALLERS.filter((caller) => admitted(caller, method, path)).flatMap((caller) =>
    Object.entries(BACKENDS).flatMap(([name, backend]) => {
      const read = backend.read(path);
      if (read === undefined) return [];
      const route = foundBy(backend, method, read);
      if (route === undefined && !/^\/(?:v1\/)?(?:orders|exports|files|users|Reports)(?:\/|$)/.test(read))
        return [];
      if (mayReach(caller, route, method, read)) return [];
      return [
        `${caller.permissions} ${method} ${JSON.stringify(path)} is ${JSON.stringify(read)} for ${name}`,
      ];
    }),
  );
}

const TARGETS = [
  '/v1/exports',
  '/v1/orders/7',
  '/v1/orders/invoices',
  '/v1/files/a/b',
  '/v1/files',
  '/v1/catalog/prices',
  '/v1/catalog/shoes',
  '/v1/users/@me',
  '/v1/Reports',
  '/v1/reports',
  '/v1/orders/../exports',
  '/v1/catalog/../exports',
  '/v1/orders/..;/exports',
];
const FRAGMENTS = [
  ...[
    '..',
    '.',
    '...',
    '/',
    '//',
    '\\',
    ';',
    ';x=1',
    '..;',
    '..;/',
    '/../',
    '/./',
    '?',
    '#',
    '%',
    '+',
    '*',
    '~',
  ],
  ...[
    '%2e',
    '%2E%2e',
    '%2f',
    '%5c',
    '%3b',
    '%3B',
    '%253b',
    '%252e',
    '%252f',
    '%25',
    '%00',
    '%20',
    '%09',
    '%0a',
  ],
  ...[
    '%3f',
    '%23',
    '%40',
    '%7e',
    '%2a',
    '%c0%ae',
    '%c0%af',
    '%ff',
    '%zz',
    '%u002e',
    '%EF%BC%8E',
    '%E2%80%A5',
  ],
  ...[
    '\uff0e',
    '\uff0f',
    '\uff1b',
    '\u2024',
    '\u2025',
    '\u2215',
    '\u2044',
    '\u3002',
    '\u037e',
    '\ufe68',
    '\uff05',
  ],
  ...[
    ' ',
    '\t',
    '\n',
    '\r',
    '\0',
    '\u0085',
    '\u00a0',
    '\u00ad',
    '\u200b',
    '\u202e',
    '\ufe0f',
    '\ufeff',
    '\ufffd',
  ],
  ...[
    '\u0131',
    '\u017f',
    '\u212a',
    '\u0130',
    '\u00df',
    '\u00e9',
    'e\u0301',
    '\u0435',
    '\ud800',
    '(S(a))',
    '/(S(a))',
  ],
  ...['.json', '.html', '.a.b', 'v1', 'orders', 'exports', 'catalog', '@me', '%40me', 'EXPORTS', 'x'],
];

/** One change to a path: something put in, a character encoded once or twice, taken out, or in another case. */
const mutation = fc.tuple(
  fc.constantFrom('insert', 'insert', 'insert', 'encode', 'encodeTwice', 'upper', 'remove', 'widen', 'slash'),
  fc.nat(),
  fc.constantFrom(...FRAGMENTS),
);
const hostilePath = fc
  .tuple(fc.constantFrom(...TARGETS), fc.array(mutation, { maxLength: 4 }))
  .map(([target, mutations]) =>
    mutations.reduce((path, [how, place, fragment]) => {
      const at = place % (path.length + 1);
      const [before, char, after] = [path.slice(0, at), path.charAt(at), path.slice(at + 1)];
      const hex = char.charCodeAt(0).toString(16).padStart(2, '0');
      if (how === 'insert') return before + fragment + char + after;
      if (char === '' || char.charCodeAt(0) > 0x7f || how === 'slash') return `${path}/`;
      if (how === 'encode') return `${before}%${hex}${after}`;
      if (how === 'encodeTwice') return `${before}%25${hex}${after}`;
      if (how === 'upper') return before + char.toUpperCase() + after;
      if (how === 'widen') return before + String.fromCharCode(char.charCodeAt(0) + 0xfee0) + after;
      return before + after;
    }, target),
  );
const method = fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'DELETE');

test('no backend’s reading of a path reaches what the gate refuses its caller', () => {
  fc.assert(
    fc.property(method, hostilePath, (how, path) => {
      expect(betrayals(how, path)).toEqual([]);
    }),
    { numRuns: 5000 },
  );
});

test('whatever order the steps of reading are done in', () => {
  const steps = [cutParameters, decode, decode, turnBackslashes, mergeSlashes, resolveDots, trimSegments];
  const order = fc.shuffledSubarray([...steps, compatible, cutSessions, dropInvisible, cutNull]);
  const flags = fc.record({
    ignoresCase: fc.boolean(),
    ignoresSlash: fc.boolean(),
    takesEmptyRest: fc.boolean(),
  });
  fc.assert(
    fc.property(method, hostilePath, order, flags, (how, path, inOrder, compares) => {
      const backend: Backend = { read: inTurn(...inOrder), ...compares };
      const read = backend.read(path) ?? '';
      const route = foundBy(backend, how, read);
      if (route === undefined) return;
      const wronged = CALLERS.filter(
        (caller) => admitted(caller, how, path) && !mayReach(caller, route, how, read),
      );
      expect(wronged.map(({ permissions }) => `${permissions} reaches ${route.path} by ${path}`)).toEqual([]);
    }),
    { numRuns: 5000 },
  );
});

test('the paths tried do reach raised routes in other spellings, at every backend', () => {
  const paths = fc.sample(hostilePath, { numRuns: 6000, seed: 9 });
  for (const [name, backend] of Object.entries(BACKENDS)) {
    const reached = paths.filter((path) => {
      const route = foundBy(backend, 'GET', backend.read(path) ?? '');
      return route?.permission?.endsWith(':write') && route.path !== path;
    });
    expect([name, reached.length > 20]).toEqual([name, true]);
  }
});

describe('what was refused to nobody is refused to all but *:*', () => {
  test.each([
    '/v1/orders/..;/invoices',
    '/v1/orders/..;x=1/invoices',
    '/v1/orders/..%3b/invoices',
    '/v1/orders/..%253b/invoices',
    '/v1/orders/\uff0e\uff0e/invoices',
    '/v1/orders/%EF%BC%8E%EF%BC%8E/invoices',
    '/v1/exports;x',
    '/v1/exports.',
    '/v1/exports%20',
    '/v1/exports ',
    '/v1/e%78ports',
    '/v1//exports',
    '/v1/./exports',
    '/v1/exports%00',
    '/v1/\u0435xports',
  ])('%j', (path) => {
    const passing = CALLERS.filter((caller) => admitted(caller, 'GET', path));
    expect(passing.map(({ permissions }) => permissions.join())).toEqual(['*:*']);
  });
});

describe('and what all read alike is not', () => {
  test.each([
    ['/v1/orders/7', 'orders:read'],
    ['/v1/orders/7/', 'orders:read'],
    ['/v1/orders/a%40b.example', 'orders:read'],
    ['/v1/orders/auth0%7C12', 'orders:read'],
    ['/v1/orders/2026-11-28T10:00:00+01:00', 'orders:read'],
    ['/v1/orders/M%C3%BCller', 'orders:read'],
    ['/v1/orders/\u65e5\u672c\u8a9e2', 'orders:read'],
    ['/v1/orders/7.json', 'orders:read'],
  ])('%s for %s', (path, permission) => {
    const caller: Grants = { keyType: 'secret', granted: new Permissions([permission]) };
    expect(admitted(caller, 'GET', path)).toBe(true);
  });
});
