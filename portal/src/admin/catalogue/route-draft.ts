import type { Sent } from '../../shared/api/answers.ts';
import { operationsIn } from '../../shared/api/api-document.ts';
import type { Api } from './catalogue.ts';

export type Routes = Api['routes'];
/** A route table as the API takes it. */
export type NewRoutes = Sent<'/v1/apis/{apiId}/dry-run'>['routes'];
export type Method = NewRoutes[number]['method'];

export const METHODS: readonly Method[] = [
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ANY'],
] as const;

/** A route as the form holds it. */
export interface RouteDraft {
  readonly method: Method;
  readonly path: string;
  /** Empty for the default rule's. */
  readonly permission: string;
  /** Separated by spaces; empty for none. */
  readonly scopes: string;
  readonly isPublic: boolean;
}

export const NEW_ROUTE: RouteDraft = { method: 'GET', path: '', permission: '', scopes: '', isPublic: false };

export function draftOf(routes: Routes): RouteDraft[] {
  return routes.map(({ method, path, permission, public: isPublic, scopes }) => ({
    ...{ method, path, permission: permission ?? '', isPublic },
    scopes: scopes?.join(' ') ?? '',
  }));
}

/**
 * The operations of an OpenAPI document that a table has no route for, each by the default rule. Left out is what would
 * take calls from a route that is there: so nobody may call more or less than before.
 */
export function routesMissing(draft: readonly RouteDraft[], document: unknown): RouteDraft[] {
  return operationsIn(document)
    .map(({ method, path }) => ({ ...NEW_ROUTE, method: method as Method, path }))
    .filter((added) => !draft.some((route) => takesFrom(route, added)));
}

/** Whether calls that a route decides may be decided by another one, once that is added. */
function takesFrom(route: RouteDraft, added: RouteDraft): boolean {
  const methods = methodsOf(added);
  if (route.method !== 'ANY' && !methodsOf(route).some((method) => methods.includes(method))) return false;
  const [there, here] = [route, added].map(({ path }) => path.trim().split('/')) as [string[], string[]];
  for (let i = 0; i < Math.max(there.length, here.length); i += 1) {
    const [one, other] = [there[i], here[i]];
    if (one === undefined || other === undefined) return false;
    // The first segment that is more literal decides.
    if (loosenessOf(one) !== loosenessOf(other)) return loosenessOf(other) < loosenessOf(one);
    if (loosenessOf(one) === 0 && one !== other) return false;
  }
  return true;
}

/** A route of `GET` is one of `HEAD` too. */
function methodsOf({ method }: RouteDraft): readonly Method[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method];
}

/** A literal, `{name}`, or `{name+}` for any number of segments. */
function loosenessOf(segment: string): number {
  if (!segment.startsWith('{')) return 0;
  return segment.endsWith('+}') ? 2 : 1;
}

/** The table that a form stands for. */
export function routesOf(draft: readonly RouteDraft[]): NewRoutes {
  return draft.map(({ method, path, permission, scopes, isPublic }) => {
    const asked = scopes.split(/\s+/).filter((scope) => scope !== '');
    return {
      ...{ method, path: path.trim() },
      ...(permission.trim() !== '' && { permission: permission.trim() }),
      ...(asked.length > 0 && { scopes: asked }),
      public: isPublic,
    };
  });
}

export function isSameTable(one: NewRoutes, other: NewRoutes): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

type Line = NewRoutes[number] | Routes[number];
const nameOf = ({ method, path }: Line) => `${method} ${path}`;

/** "GET /v1/orders: orders:read, publishable keys". */
export function routeInWords(route: Line): string {
  const { permission, scopes, public: isPublic } = route;
  const asked = [
    permission ?? 'by the default rule',
    ...(scopes?.length ? [`scopes ${scopes.join(' ')}`] : []),
    ...(isPublic ? ['publishable keys'] : []),
  ];
  return `${nameOf(route)}: ${asked.join(', ')}`;
}

/** What a new table adds, changes and takes away, route by route and in words. */
export function differencesOf(before: NewRoutes, after: NewRoutes) {
  const [was, is] = [before, after].map((table) => new Map(table.map((route) => [nameOf(route), route])));
  const added = after.filter((route) => !was?.has(nameOf(route)));
  const removed = before.filter((route) => !is?.has(nameOf(route)));
  const changed = after.filter((route) => {
    const old = was?.get(nameOf(route));
    return old !== undefined && routeInWords(old) !== routeInWords(route);
  });
  return {
    added: added.map(routeInWords),
    changed: changed.map(routeInWords),
    removed: removed.map(routeInWords),
  };
}
