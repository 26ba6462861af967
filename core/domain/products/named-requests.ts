import { canonicalJson } from '../ground/canonical-json.ts';
import type { ApiRoute } from './protected-api.ts';
import {
  isPlaceholder,
  isResourceName,
  isRest,
  type Requirement,
  rankOf,
  requirementOf,
  resourceOf,
  segmentsOf,
  takes,
} from './route-table.ts';

/** Requests of which no more is left than what `RouteTable.nameOf` called them. */
export interface NamedRequests {
  readonly method: string;
  /** A declared route, or a version and resource. */
  readonly name: string;
}

/** What a table asks of a request, as far as its name tells. */
export interface Asked extends Requirement {
  /** Whether the resource is a segment that the name has a placeholder for: any that there is. */
  readonly isHidden: boolean;
}

/** The routes of a table that decide on requests of a name, the more specific first; undefined is the default rule. */
type Deciding = readonly (ApiRoute | undefined)[];

/**
 * What a table may ask of requests of a name: each met one of the answer. Spellings that some backends read as
 * another route's are left out.
 * @param namedBy the table that the name is of, where that is another: whatever it names otherwise has not this name
 */
export function askedOf(
  requests: NamedRequests,
  routes: readonly ApiRoute[],
  namedBy: readonly ApiRoute[] = routes,
): Asked[] {
  return decidingOn(requests, routes, namedBy).map((route) => asksOf(route, requests));
}

/** Whether two tables decide alike on every request of a name. */
export function decideAlike(
  requests: NamedRequests,
  routes: readonly ApiRoute[],
  others: readonly ApiRoute[],
): boolean {
  const meant = (table: readonly ApiRoute[]) =>
    canonicalJson(rankedFor(requests.method, table).filter(({ path }) => mayMatch(path, requests.name)));
  return meant(routes) === meant(others);
}

/** Whether a table has the route that requests are named after. */
export function declares(routes: readonly ApiRoute[], { method, name }: NamedRequests): boolean {
  return routes.some((route) => takes(route, method) && shapeOf(route.path) === shapeOf(name));
}

function decidingOn(
  { method, name }: NamedRequests,
  routes: readonly ApiRoute[],
  namedBy: readonly ApiRoute[],
) {
  const before = rankedFor(method, namedBy).map(({ path }) => shapeOf(path));
  const after = rankedFor(method, routes);
  const place = before.indexOf(shapeOf(name));
  const deciding: (ApiRoute | undefined)[] = [];
  if (place !== -1 || !isResourceName(name))
    deciding.push(...ofRoute(name, after, before.slice(0, Math.max(place, 0))));
  if (isResourceName(name)) deciding.push(...ofResource(name, after, before));
  return deciding;
}

/** Of requests that a declared route matched, and none of those above it. */
function ofRoute(name: string, routes: readonly ApiRoute[], above: readonly string[]): Deciding {
  const meant = routes.filter(({ path }) => !above.includes(shapeOf(path)) && matchAlike(path, name));
  // What comes behind a route that matches all of them decides on none.
  const whole = meant.findIndex(({ path }) => matchesAll(path, name));
  return whole === -1 ? [...meant, undefined] : meant.slice(0, whole + 1);
}

/** Of requests of a resource and below it that no declared route matched. */
function ofResource(name: string, routes: readonly ApiRoute[], declared: readonly string[]): Deciding {
  const meant = routes.filter(({ path }) => !declared.includes(shapeOf(path)) && mayMatch(path, name));
  return [...meant, undefined];
}

function asksOf(route: ApiRoute | undefined, { method, name }: NamedRequests): Asked {
  const paths = route === undefined ? [name] : [name, route.path];
  // Both match it, so either may know the segment.
  const known = paths.find((path) => !isPlaceholder(resourceOf(path)));
  const isHidden = route?.permission === undefined && known === undefined;
  return { ...requirementOf(route, method, known ?? name), isHidden };
}

function rankedFor(method: string, routes: readonly ApiRoute[]): ApiRoute[] {
  const placeOf = (route: ApiRoute) => `${rankOf(route)} ${route.path}`;
  return routes.filter((route) => takes(route, method)).sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
}

/** Whether a route matches some request that a route called `name` matches, or of a resource of that name. */
function mayMatch(path: string, name: string): boolean {
  return matchAlike(path, name) || (isResourceName(name) && matchAlike(path, `${name}/{below+}`));
}

/** Whether there is a path that two routes both match. */
function matchAlike(path: string, other: string): boolean {
  const [one, two] = [segmentsOf(path), segmentsOf(other)];
  for (const [index, segment] of one.entries()) {
    const beside = two[index];
    if (beside === undefined) return false;
    if (isRest(segment) || isRest(beside)) return true;
    if (!isPlaceholder(segment) && !isPlaceholder(beside) && segment !== beside) return false;
  }
  return one.length === two.length;
}

/** Whether a route matches every path that another matches. */
function matchesAll(path: string, other: string): boolean {
  const [one, two] = [segmentsOf(path), segmentsOf(other)];
  for (const [index, segment] of one.entries()) {
    const beside = two[index];
    if (beside === undefined) return false;
    if (isRest(segment)) return true;
    if (isRest(beside) || (!isPlaceholder(segment) && segment !== beside)) return false;
  }
  return one.length === two.length;
}

/** A path whatever its placeholders are called. */
function shapeOf(path: string): string {
  return path.replaceAll(/\{[^}+]*(\+?)\}/g, '{$1}');
}
