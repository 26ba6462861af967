import { FORWARDED } from '../../core/contract/forwarded.ts';
import type { ManagementRoute } from '../../core/contract/management-route.ts';
import { ROUTES } from '../../core/contract/routes.ts';

/**
 * Code of CloudFront Functions (runtime 2.0, at most 10 KB each). They see the path as the viewer sent it, so
 * what they refuse by its path they refuse in every spelling.
 */

/** What both doors' functions need that refuse. */
const REFUSING = `
function notFound(type, body) {
  return {
    statusCode: 404,
    statusDescription: 'Not Found',
    headers: { 'content-type': { value: type }, 'cache-control': { value: 'no-store' } },
    body: body,
  };
}
`;

/**
 * Every path that is no file of the portal is one of its pages: the app's document. Files lie at the root or
 * below `/assets/`, which is a behavior of its own.
 * @param admins whether this door leads to `/admin`
 */
export function pagesCode(admins: boolean): string {
  const door = `
  var path;
  try {
    path = decodeURIComponent(decodeURIComponent(request.uri)).replace(/[\\/\\\\]+/g, '/').toLowerCase();
  } catch (error) {
    return notFound('text/plain; charset=utf-8', 'Not found\\n');
  }
  if (/^\\/admin(\\/|$)/.test(path) || path.indexOf('/.') !== -1) {
    return notFound('text/plain; charset=utf-8', 'Not found\\n');
  }`;
  return `${admins ? '' : REFUSING}
function handler(event) {
  var request = event.request;${admins ? '' : door}
  if (!/^\\/[\\w-]+(\\.[\\w-]+)*\\.[a-z0-9]+$/.test(request.uri)) request.uri = '/index.html';
  return request;
}
`;
}

/**
 * Tells the APIs who calls and by which name, which nobody but CloudFront can say together with the secret that
 * it sends too.
 * @param admins whether this door leads to routes that no developer may call; where not, they don't exist
 */
export function apisCode(admins: boolean): string {
  const door = `
  if (!isForDevelopers(request.method, request.uri)) {
    return notFound('application/json', ${JSON.stringify(JSON.stringify(NOT_FOUND))});
  }`;
  return `${admins ? '' : REFUSING + developersRoutes()}
function handler(event) {
  var request = event.request;${admins ? '' : door}
  request.headers['${FORWARDED.address}'] = { value: event.viewer.ip };
  request.headers['${FORWARDED.host}'] = { value: request.headers.host.value };
  return request;
}
`;
}

const NOT_FOUND = {
  error: { code: 'not_found', message: 'No such resource', type: 'invalid_request_error' },
};

/**
 * Who may pass is listed, and not who may not: a path that could be read as another (an encoded slash, a dot
 * segment, a doubled slash) is none of those listed. What is listed besides are routes for others that look like one
 * of these, with a literal where these have a parameter.
 */
function developersRoutes(): string {
  const routes = (ROUTES as readonly ManagementRoute[]).map((route) => ({
    pattern: route.key.replace(/\{[^}]+\}/g, '*'),
    passes: isForDevelopers(route),
  }));
  const passing = routes.filter(({ passes }) => passes).map(({ pattern }) => pattern);
  const others = routes
    .filter(({ passes, pattern }) => !passes && passing.some((each) => covers(each, pattern)))
    .map(({ pattern }) => pattern);
  return `
var PASSING = ${JSON.stringify(passing)};
var OTHERS = ${JSON.stringify(others)};

function isRoute(segments) {
  return function (route) {
    var wanted = route.split('/');
    return wanted.length === segments.length && wanted.every(function (segment, i) {
      return segment === '*' ? /^(?!\\.{1,2}$)[^%\\\\]+$/.test(segments[i]) : segment === segments[i];
    });
  };
}

function isForDevelopers(method, uri) {
  if (/^\\/auth\\//.test(uri)) return !/%2f|%5c|%25|\\/\\/|\\/\\./i.test(uri);
  if (method === 'HEAD') method = 'GET';
  var path;
  try {
    path = decodeURIComponent(uri);
  } catch (error) {
    return false;
  }
  if (path.split('/').length !== uri.split('/').length) return false;
  var segments = (method + ' ' + path).split('/');
  return PASSING.some(isRoute(segments)) && !OTHERS.some(isRoute(segments));
}
`;
}

function isForDevelopers({ roles, iam, exposed }: ManagementRoute): boolean {
  return !iam && !exposed && (roles.length === 0 || roles.includes('developer'));
}

/** Whether each path of `other` is one of `pattern` too. */
function covers(pattern: string, other: string): boolean {
  const others = other.split('/');
  const segments = pattern.split('/');
  return segments.length === others.length && segments.every((each, i) => each === '*' || each === others[i]);
}
