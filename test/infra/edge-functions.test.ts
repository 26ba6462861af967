import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FORWARDED } from '../../core/contract/forwarded.ts';
import type { ManagementRoute } from '../../core/contract/management-route.ts';
import { ROUTES } from '../../core/contract/routes.ts';
import type { ClientRequest } from '../../emulator/api-gateway/request.ts';
import { edgeFunction } from '../../emulator/cloudfront/edge-function.ts';
import { apisCode, pagesCode } from '../../lib/constructs/edge-functions.ts';

const DISTRIBUTION = { id: 'E1', domainName: 'd1.cloudfront.net' };
const request = (method: string, path: string) =>
  ({
    method,
    path,
    id: 'r',
    query: '',
    sourceIp: '203.0.113.9',
    headers: [
      ['Host', 'portal.example.com'],
      [FORWARDED.address, '8.8.8.8'],
      [FORWARDED.host, 'evil.example.com'],
    ],
  }) as unknown as ClientRequest;

/** The path that the origin is asked for, or the status of the function's own answer. */
const outcome = (code: string) => {
  const run = edgeFunction('function', code);
  return (method: string, path: string) => {
    const result = run(request(method, path), DISTRIBUTION);
    return 'status' in result ? result.status : result.path;
  };
};
const pages = { both: outcome(pagesCode(true)), developers: outcome(pagesCode(false)) };
const apis = { both: outcome(apisCode(true)), developers: outcome(apisCode(false)) };

describe('a page’s address', () => {
  test.each([
    ['/', '/index.html', '/index.html'],
    ['/keys/key_abc', '/index.html', '/index.html'],
    ['/keys/name.with.dots', '/index.html', '/index.html'],
    ['/index.html', '/index.html', '/index.html'],
    ['/appearance.js', '/appearance.js', '/appearance.js'],
    ['/config.json', '/config.json', '/config.json'],
    ['/admin', '/index.html', 404],
    ['/admin/keys', '/index.html', 404],
    ['/Admin/', '/index.html', 404],
    ['/%61dmin', '/index.html', 404],
    ['/%2561dmin', '/index.html', 404],
    ['//admin', '/index.html', 404],
    ['/%2fadmin', '/index.html', 404],
    ['/x/../admin', '/index.html', 404],
    ['/%', '/index.html', 404],
    ['/administration', '/index.html', '/index.html'],
  ])('%s leads to %s, and by the developers’ door to %s', (path, both, developers) => {
    expect([pages.both('GET', path), pages.developers('GET', path)]).toEqual([both, developers]);
  });
});

/** A route with some text in place of each parameter. */
const called = fc
  .tuple(
    fc.constantFrom(...(ROUTES as readonly ManagementRoute[])),
    fc.stringMatching(/^[a-z0-9_|%-]{1,12}$/),
  )
  .map(([route, text]) => {
    const [method = '', path = ''] = route.key.split(' ');
    return { route, method, path: path.replace(/\{[^}]+\}/g, encodeURIComponent(text)) };
  });

describe('a route of the management API', () => {
  test('passes the developers’ door exactly where a developer may call it', () => {
    fc.assert(
      fc.property(called, ({ route, method, path }) => {
        const isOpen = route.roles.length === 0 && !route.iam && !route.exposed;
        const isListed = isOpen || route.roles.includes('developer');
        // A text in place of a parameter may be the literal of another route, which then is meant.
        fc.pre(
          !(ROUTES as readonly ManagementRoute[]).some(({ key }) => key === `${method} ${path}`) ||
            !route.key.includes('{'),
        );
        const expected = isListed && !path.includes('%25') ? path : 404;
        expect(apis.developers(method, path)).toBe(expected);
        expect(apis.both(method, path)).toBe(path);
      }),
    );
  });

  test.each([
    ['POST', '/v1/tenants'],
    ['POST', '/v1/%74enants'],
    ['POST', '/v1/tenants/'],
    ['GET', '/v1//tenants'],
    ['GET', '/v1/tenants/%2e%2e/audit'],
    ['GET', '/v1/tenants/../audit'],
    ['PUT', '/v1/tenants/tenant_a/roles%2fadmin'],
    ['GET', '/v1/tenants/a%2fb'],
    ['GET', '/v1/tenants/a%252fb'],
    ['GET', '/v1/tenants/%'],
    ['get', '/v1/tenants'],
    ['DELETE', '/openapi.json'],
    ['GET', '/v1/'],
    ['GET', '/auth/..%2fv1/audit'],
  ])('%s %s does not pass the developers’ door', (method, path) => {
    expect(apis.developers(method, path)).toBe(404);
  });

  test('sign-in passes both doors', () => {
    expect(apis.developers('GET', '/auth/login')).toBe('/auth/login');
    expect(apis.both('POST', '/auth/logout')).toBe('/auth/logout');
  });

  test.each([true, false])('is told who calls, whatever the viewer says of it (admins: %s)', (admins) => {
    const result = edgeFunction('apis', apisCode(admins))(request('GET', '/v1/me'), DISTRIBUTION);
    const headers = Object.fromEntries(result.headers);
    expect(headers[FORWARDED.address]).toBe('203.0.113.9');
    expect(headers[FORWARDED.host]).toBe('portal.example.com');
  });
});
