import type { Action, Need } from './permission.ts';
import type { ApiRoute } from './protected-api.ts';

/**
 * What a request asks of a key: every one of `needs`. `open` requests may be made with any valid key.
 */
export interface Requirement {
  readonly needs: readonly Need[];
  readonly open: boolean;
}

export const VERSION_SEGMENT = /^v[0-9]+$/;
const READING = new Set(['GET', 'HEAD']);

/**
 * Paths that a backend may take for another path than the one that was matched: dot segments, doubled
 * slashes, backslashes, and percent-encodings, which backends decode at different moments.
 */
const AMBIGUOUS = /\/\/|\/\.{1,2}(?:\/|$)|\\|%(?:2f|5c|2e|25|00)/i;
/** A version and a resource as people name them; a key always has an underscore. */
const PLAIN_RESOURCE = /^((?:\/v[0-9]{1,3})?\/(?!v[0-9]+(?:\/|$))[a-z][a-z0-9-]{0,39})(?:\/|$)/;
const NEEDS_EVERYTHING = '';

/** Reading for `GET` and `HEAD`, writing for every other method. */
function actionOf(method: string): Action {
  return READING.has(method) ? 'read' : 'write';
}

/** The first segment that is not a version (`v` and digits); empty where there is none. */
export function resourceOf(path: string): string {
  for (const segment of path.split('/')) {
    if (segment !== '' && !VERSION_SEGMENT.test(segment)) return segment;
  }
  return NEEDS_EVERYTHING;
}

interface CompiledRoute {
  readonly route: ApiRoute;
  readonly pattern: RegExp;
  readonly looseCase: RegExp;
  readonly specificity: string;
}

/** An API's route table, compiled once and asked for every request. */
export class RouteTable {
  static readonly #compiled = new WeakMap<readonly ApiRoute[], RouteTable>();
  readonly #routes: readonly CompiledRoute[];

  /** The table of these routes; the same one for the same array, which many keys share. */
  static of(routes: readonly ApiRoute[]): RouteTable {
    const table = RouteTable.#compiled.get(routes) ?? new RouteTable(routes);
    RouteTable.#compiled.set(routes, table);
    return table;
  }

  constructor(routes: readonly ApiRoute[]) {
    this.#routes = routes
      .map(compile)
      .sort((a, b) => (a.specificity === b.specificity ? 0 : a.specificity < b.specificity ? -1 : 1));
  }

  /**
   * What a request needs. The most specific matching route decides (literal before `{name}` before
   * `{name+}`, a method before `ANY`); without one, or where it names no permission, the default rule.
   * A path that matches another route in another case needs what both need, since some backends ignore
   * case; one that a backend could read as any other path is granted by permissions on `*` alone.
   * @param path as API Gateway passes it on: with a leading slash, percent-encoded, without the stage
   */
  requirement(method: string, path: string): Requirement {
    const plain = plainPath(path);
    if (plain === undefined)
      return { needs: [{ resource: NEEDS_EVERYTHING, action: actionOf(method) }], open: false };
    const route = this.#match(method, plain, 'pattern');
    const looseRoute = this.#match(method, plain, 'looseCase');
    const strict = requirementOf(route?.route, method, plain);
    if (looseRoute === route) return strict;
    const loose = requirementOf(looseRoute?.route, method, plain);
    return { needs: [...strict.needs, ...loose.needs], open: strict.open && loose.open };
  }

  /**
   * What a request was about, in words that the API's operator or a permission could have used: the declared
   * route, or the version and resource (`/v1/orders`). Never the path itself, into which a caller can put
   * anything: undefined where it has no plain resource.
   */
  nameOf(method: string, path: string): string | undefined {
    const plain = plainPath(path);
    if (plain === undefined) return undefined;
    const declared = this.#match(method, plain, 'pattern');
    return declared === undefined ? PLAIN_RESOURCE.exec(plain)?.[1] : declared.route.path;
  }

  #match(method: string, path: string, by: 'pattern' | 'looseCase'): CompiledRoute | undefined {
    return this.#routes.find(
      (candidate) =>
        (candidate.route.method === 'ANY' || candidate.route.method === method) && candidate[by].test(path),
    );
  }
}

function compile(route: ApiRoute): CompiledRoute {
  const segments = route.path.split('/').slice(1);
  const source = `^${segments.map((segment) => `/${segmentPattern(segment)}`).join('')}$`;
  const ranks = segments.map((segment) => (segment.endsWith('+}') ? '2' : segment.endsWith('}') ? '1' : '0'));
  return {
    route,
    pattern: new RegExp(source),
    looseCase: new RegExp(source, 'i'),
    // Compared as text: segment by segment, then the longer path, then a named method before ANY.
    specificity: `${ranks.join('')}~${route.method === 'ANY' ? '1' : '0'}`,
  };
}

/** What one route of the table asks, whatever other routes match the same path. */
export function requirementOf(route: ApiRoute | undefined, method: string, path: string): Requirement {
  const action = actionOf(method);
  const [resource, routeAction] = route?.permission?.split(':') ?? [resourceOf(path), action];
  return {
    needs: [
      {
        resource: resource === undefined || !isLiteral(resource) ? NEEDS_EVERYTHING : resource,
        action: routeAction === 'read' || routeAction === 'write' ? routeAction : action,
      },
    ],
    open: route?.public === true && action === 'read',
  };
}

/** False for `*` and for a placeholder of the route table. */
function isLiteral(resource: string): boolean {
  return resource !== '*' && !resource.startsWith('{');
}

function segmentPattern(segment: string): string {
  if (segment.endsWith('+}') && segment.startsWith('{')) return '.+';
  if (segment.endsWith('}') && segment.startsWith('{')) return '[^/]+';
  return RegExp.escape(segment);
}

/** The path that every backend would read; undefined where two backends could read two. */
function plainPath(path: string): string | undefined {
  if (AMBIGUOUS.test(path)) return undefined;
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  if (!trimmed.includes('%')) return trimmed;
  try {
    const decoded = decodeURIComponent(trimmed);
    return AMBIGUOUS.test(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}
