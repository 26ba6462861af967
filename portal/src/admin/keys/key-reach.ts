import { requirementOf } from '../../../../core/domain/products/route-table.ts';
import type { Answer } from '../../shared/api/answers.ts';
import { covers } from '../../shared/api/permission.ts';
import type { Key } from './key.ts';

const READING = 'GET';
const WRITING = 'POST';

export type Api = Pick<
  Answer<'/v1/apis'>['items'][number],
  'apiId' | 'name' | 'environment' | 'scheme' | 'routes'
>;

type Route = Api['routes'][number];

/** What decides on which routes a key opens. */
interface Reaching {
  readonly environment: Key['environment'];
  readonly type: Key['type'];
  readonly permissions: readonly string[];
}

/** Of an API, what a key opens of it: `GET /v1/orders`. */
export interface Reached {
  readonly apiId: string;
  readonly name: string;
  readonly routes: readonly string[];
  /** Whether it declares none, so that a path's first segment names the resource. */
  readonly isByResource: boolean;
}

/**
 * What a key can call, API by API, by the authorizer's own rule; APIs of which it opens nothing are left out. One that
 * declares no route opens by the resource that a path names, so to any secret key that may do something.
 */
export function reachOf(apis: readonly Api[], { environment, type, permissions }: Reaching): Reached[] {
  return apis
    .filter((api) => api.environment === environment && api.scheme === 'tenant')
    .map(({ apiId, name, routes: declared }) => {
      const routes = declared.flatMap((route) => openOf(route, type, permissions));
      return { apiId, name, routes, isByResource: type === 'secret' && declared.length === 0 };
    })
    .filter(({ routes, isByResource }) => routes.length > 0 || isByResource);
}

/** The route as far as it is open: of one for any method perhaps the reading ones alone. */
function openOf(route: Route, type: Key['type'], permissions: readonly string[]): string[] {
  const isOpen = (method: string) => {
    const { open, needs } = requirementOf(asDeclared(route), method, route.path);
    return open || (type === 'secret' && needs.every((need) => covers(permissions, textOf(need))));
  };
  if (isOpen(route.method === 'ANY' ? WRITING : route.method)) return [`${route.method} ${route.path}`];
  return route.method === 'ANY' && isOpen(READING) ? [`${READING} ${route.path}`] : [];
}

/**
 * What a key of a role can be narrowed to, one by one. Of what ends in `*`, such as `orders:*`, that is what routes
 * need of it and other roles name; what nothing names stays as it is.
 * @param named permissions that are known of, by roles
 * @param kept what it is narrowed to at present, which may be none of that
 */
export function narrowable(
  role: readonly string[],
  apis: readonly Api[],
  named: readonly string[] = [],
  kept: readonly string[] = [],
): readonly string[] {
  const known = [...apis.flatMap(({ routes }) => routes.flatMap(neededBy)), ...named];
  const resources = [...new Set(known.map((permission) => permission.split(':')[0] ?? ''))];
  const single = resources
    .filter((resource) => resource !== '' && resource !== '*')
    .flatMap((resource) => [`${resource}:read`, `${resource}:write`]);
  const parts = role.flatMap((granted) => {
    const [resource = '', action] = granted.split(':');
    if (resource !== '*') return action === '*' ? [`${resource}:read`, `${resource}:write`] : [granted];
    const covered = single.filter((each) => covers([granted], each));
    return covered.length > 0 ? covered : action === '*' ? ['*:read', '*:write'] : [granted];
  });
  return [...new Set([...parts, ...kept])].sort();
}

function neededBy(route: Route): string[] {
  const methods = route.method === 'ANY' ? [READING, WRITING] : [route.method];
  return methods.flatMap((method) => {
    const { open, needs } = requirementOf(asDeclared(route), method, route.path);
    return open ? [] : needs.map(textOf);
  });
}

/** The API shows as null what a route leaves to the path. */
function asDeclared({ permission, ...route }: Route) {
  return { ...route, ...(permission !== null && { permission }) };
}

function textOf({ resource, action }: { readonly resource: string; readonly action: string }): string {
  return `${resource}:${action}`;
}
