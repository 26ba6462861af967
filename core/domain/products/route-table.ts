import { readingsOf } from '../ground/request-path.ts';
import type { Action, Need } from '../tenants/permission.ts';
import type { ApiRoute } from './protected-api.ts';

/**
 * What a request asks of a key: every one of `needs`. `open` requests may be made with any valid key.
 */
export interface Requirement {
  readonly needs: readonly Need[];
  readonly open: boolean;
  /** What the OAuth token must have besides, whatever the key may do; absent for nothing. */
  readonly scopes?: readonly string[] | undefined;
}

export const VERSION_SEGMENT = /^v[0-9]+$/;
const READING = new Set(['GET', 'HEAD']);
/** Routes of a method that stands for others too come behind those of these, at the same path. */
const BREADTH: Readonly<Record<string, number>> = { GET: 1, ANY: 2 };

/** A version and a resource as people name them; a key always has an underscore. */
const PLAIN_RESOURCE = /^((?:\/v[0-9]{1,3})?\/(?!v[0-9]+(?:\/|$))[a-z][a-z0-9-]{0,39})(?:\/|$)/;
/** A resource that only permissions on all resources cover. */
const ANY_RESOURCE = '';

/** Reading for `GET` and `HEAD`, writing for every other method. */
function actionOf(method: string): Action {
  return READING.has(method) ? 'read' : 'write';
}

/** The first segment that is not a version (`v` and digits); empty where there is none. */
export function resourceOf(path: string): string {
  for (const segment of path.split('/')) {
    if (segment !== '' && !VERSION_SEGMENT.test(segment)) return segment;
  }
  return ANY_RESOURCE;
}

/** Whether requests of undeclared paths are named so: what is below it is named like it. */
export function isResourceName(name: string): boolean {
  return PLAIN_RESOURCE.exec(name)?.[1] === name;
}

interface CompiledRoute {
  readonly route: ApiRoute;
  readonly pattern: RegExp;
  /** Matches besides what backends may take for the route's path too. */
  readonly loose: RegExp;
  readonly rank: string;
}

/** An API's route table, compiled once and asked for every request. */
export class RouteTable {
  static readonly #compiled = new WeakMap<readonly ApiRoute[], RouteTable>();
  readonly #routes: readonly CompiledRoute[];
  /** Those that any of its routes asks for; undefined where none does. */
  readonly scopes: readonly string[] | undefined;

  /** The table of these routes; the same one for the same array, which many keys share. */
  static of(routes: readonly ApiRoute[]): RouteTable {
    const table = RouteTable.#compiled.get(routes) ?? new RouteTable(routes);
    RouteTable.#compiled.set(routes, table);
    return table;
  }

  constructor(routes: readonly ApiRoute[]) {
    this.scopes = scopesOf(routes);
    this.#routes = routes.map(compile).sort((a, b) => (a.rank === b.rank ? 0 : a.rank < b.rank ? -1 : 1));
  }

  /**
   * What a request needs. The most specific matching route decides (literal before `{name}` before
   * `{name+}`, segment by segment, a method before `ANY`; a `GET` route is a `HEAD` route too); without one,
   * or where it names no permission, the default rule.
   *
   * All readings of a path must be granted: decoded or not, with and without the slash at its end, behind
   * which `{name+}` may be empty. What some backends take for another declared route needs what that one needs
   * as well: in another case, or with an extension (`/orders.json` for `/orders`). A path that can be read in
   * yet other ways is granted by `*:*` alone, and by a token that has what any route asks for.
   * @param path as API Gateway passes it on: with a leading slash, percent-encoded or decoded, without the stage
   */
  requirement(method: string, path: string): Requirement {
    const readings = readingsOf(path);
    const [reading] = readings;
    // What two readers could read as two asks for all that there is.
    if (reading === undefined)
      return { needs: [{ resource: '*', action: '*' }], open: false, scopes: this.scopes };
    return together([
      ...readings.map((each) => requirementOf(this.#match(method, each), method, each)),
      ...this.#looselyMatching(method, readings).map((route) => requirementOf(route, method, reading)),
    ]);
  }

  /**
   * What a request was about, in words that the API's operator or a permission could have used: the declared
   * route, or the version and resource (`/v1/orders`). Never the path itself, into which a caller can put
   * anything: undefined where it has no plain resource.
   */
  nameOf(method: string, path: string): string | undefined {
    const [plain] = readingsOf(path);
    if (plain === undefined) return undefined;
    return this.#match(method, plain)?.path ?? PLAIN_RESOURCE.exec(plain)?.[1];
  }

  #match(method: string, path: string): ApiRoute | undefined {
    return this.#routes.find(({ route, pattern }) => takes(route, method) && pattern.test(path))?.route;
  }

  /** The routes that no reading matches to the letter, and that some backend may find all the same. */
  #looselyMatching(method: string, readings: readonly string[]): readonly ApiRoute[] {
    // Nothing is in front of the root's slash: who has a route for it finds that one.
    const [path] = readings;
    if (path === '/' && this.#match(method, path)?.path === '/') return [];
    // Upper case makes ASCII letters of some others, such as of a dotless i.
    const spellings = readings.flatMap((text) => [text, text.toUpperCase()]);
    return this.#routes
      .filter(
        ({ route, pattern, loose }) =>
          takes(route, method) &&
          spellings.some((text) => loose.test(text)) &&
          !readings.some((text) => pattern.test(text)),
      )
      .map(({ route }) => route);
  }
}

/** Whether a route is one for this method. */
export function takes({ method: declared }: ApiRoute, method: string): boolean {
  return declared === method || declared === 'ANY' || (declared === 'GET' && method === 'HEAD');
}

function compile(route: ApiRoute): CompiledRoute {
  const segments = segmentsOf(route.path);
  const source = (rest: string, end: string) =>
    new RegExp(`^${segments.map((segment) => `/${segmentPattern(segment, rest)}`).join('')}${end}$`);
  const extension = isPlaceholder(segments.at(-1) ?? '') ? '' : '(?:\\.[^/]*)?';
  return {
    route,
    pattern: source('.+', ''),
    loose: new RegExp(source('.*', extension).source, 'i'),
    rank: rankOf(route),
  };
}

/** The lower of two routes that match the same decides. Compared as text: segment by segment, then the longer path, then the method before what stands for more. */
export function rankOf({ method, path }: Pick<ApiRoute, 'method' | 'path'>): string {
  const ranks = segmentsOf(path).map((segment) =>
    isRest(segment) ? '2' : isPlaceholder(segment) ? '1' : '0',
  );
  return `${ranks.join('')}~${BREADTH[method] ?? 0}`;
}

export function segmentsOf(path: string): string[] {
  return path.split('/').slice(1);
}

/** What some requirements ask together: of those that are open to every key nothing, unless all of them are. */
function together(requirements: readonly Requirement[]): Requirement {
  const open = requirements.every((each) => each.open);
  const asked = requirements.filter((each, index) => (open ? index === 0 : !each.open));
  const needs = asked.flatMap((each) => each.needs);
  const isFirst = ({ resource, action }: Need, index: number) =>
    index === needs.findIndex((other) => other.resource === resource && other.action === action);
  return { needs: needs.filter(isFirst), open, scopes: scopesOf(requirements) };
}

function scopesOf(parts: readonly Pick<Requirement, 'scopes'>[]): readonly string[] | undefined {
  const all = parts.flatMap(({ scopes }) => scopes ?? []);
  if (all.length > 0) return all;
  return undefined;
}

/** What one route of the table asks, whatever other routes match the same path. */
export function requirementOf(route: ApiRoute | undefined, method: string, path: string): Requirement {
  const action = actionOf(method);
  const [resource, routeAction] = route?.permission?.split(':') ?? [resourceOf(path), action];
  return {
    needs: [
      {
        resource: resource === undefined || !isLiteral(resource) ? ANY_RESOURCE : resource,
        action: routeAction === 'read' || routeAction === 'write' ? routeAction : action,
      },
    ],
    open: route?.public === true && action === 'read',
    scopes: route?.scopes,
  };
}

/** False for `*` and for a placeholder of the route table. */
function isLiteral(resource: string): boolean {
  return resource !== '*' && !isPlaceholder(resource);
}

export function isPlaceholder(segment: string): boolean {
  return segment.startsWith('{') && segment.endsWith('}');
}

export function isRest(segment: string): boolean {
  return segment.startsWith('{') && segment.endsWith('+}');
}

/** @param rest what `{name+}` matches */
function segmentPattern(segment: string, rest: string): string {
  if (isRest(segment)) return rest;
  return isPlaceholder(segment) ? '[^/]+' : RegExp.escape(segment);
}
