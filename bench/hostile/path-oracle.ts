import type { Route } from './world.ts';

/** What a key brings to a route. */
export interface Reach {
  readonly publishable: boolean;
  readonly role: readonly string[];
  /** The key's own permissions, which narrow its role's; undefined for none. */
  readonly own: readonly string[] | undefined;
}

/** What a path segment may hold as it is (RFC 3986, 3.3), but for what begins parameters. */
const AS_IT_IS = /^[A-Za-z0-9._~!$&'()*+,=:@-]$/;
/** «Encodings of what needs none» are those of unreserved characters (RFC 3986, 2.3); these may need one. */
const ENCODED = /^[!$&'()*+,=:@]$/;
const OF_OTHER_SCRIPTS = /^[^\p{ASCII}]$/u;
/** Letters that are drawn as Latin ones are, beside Latin ones. */
const LOOKS_LATIN =
  /[A-Za-z].*[\p{Script=Cyrillic}\p{Script=Greek}]|[\p{Script=Cyrillic}\p{Script=Greek}].*[A-Za-z]/u;
/** Controls, format characters, blanks, and what decoders write for whatever they cannot decode. */
const UNSEEN = /[\p{C}\p{Z}\uFFFD]/u;

/**
 * Whether every reader reads a path in one way, character by character: each is one that a segment may hold
 * as it is, or one of other scripts, raw or encoded; no segment is empty (but behind the last slash), ends
 * with a dot, would be another text after NFKC, or mixes Latin with what looks like it.
 */
export function isPlain(path: string): boolean {
  const segments = path.split('/');
  if (segments.shift() !== '') return false;
  return segments.every((segment, index) => {
    if (segment === '') return index === segments.length - 1;
    if (segment.endsWith('.')) return false;
    const text = decoded(segment);
    return text !== undefined && text.normalize('NFKC') === text && !LOOKS_LATIN.test(text);
  });
}

/** A segment's characters; undefined where one of them is not plain. */
function decoded(segment: string): string | undefined {
  let text = '';
  for (const [part] of segment.matchAll(/(?:%[0-9A-Fa-f]{2})+|./gsu)) {
    const isEncoded = part.length > 1 && part.startsWith('%');
    let characters: string[];
    try {
      characters = [...(isEncoded ? decodeURIComponent(part) : part)];
    } catch {
      return undefined;
    }
    const isGood = (each: string) =>
      (OF_OTHER_SCRIPTS.test(each) && !UNSEEN.test(each)) || (isEncoded ? ENCODED : AS_IT_IS).test(each);
    if (!characters.every(isGood)) return undefined;
    text += characters.join('');
  }
  return text;
}

/** How a backend's router finds a route. */
interface Reader {
  readonly ignoresCase: boolean;
  /** Whether `{name+}` may be the nothing behind a last slash. */
  readonly takesEmptyRests: boolean;
}

const READERS: readonly Reader[] = [true, false].flatMap((ignoresCase) =>
  [true, false].map((takesEmptyRests) => ({ ignoresCase, takesEmptyRests })),
);

/** What a token must have: for each route that some reader finds; for a path that is not plain, for any there is. */
export function scopesAsked(routes: readonly Route[], method: string, path: string): readonly string[] {
  if (!isPlain(path)) return routes.flatMap(({ scopes = [] }) => scopes);
  return readingsOf(path).flatMap((reading) =>
    READERS.flatMap((reader) => bestRoute(routes, method, reading, reader)?.scopes ?? []),
  );
}

/** Whether a plain path may be called: as every reader reads it, with the last slash and without. */
export function mayCall(reach: Reach, routes: readonly Route[], method: string, path: string): boolean {
  return readingsOf(path).every((reading) =>
    READERS.every((reader) => grants(reach, bestRoute(routes, method, reading, reader), method, reading)),
  );
}

function readingsOf(path: string): readonly (readonly string[])[] {
  const segments = path.split('/').slice(1).map(decodeURIComponent);
  return segments.length > 1 && segments.at(-1) === '' ? [segments, segments.slice(0, -1)] : [segments];
}

function grants(
  reach: Reach,
  route: Route | undefined,
  method: string,
  segments: readonly string[],
): boolean {
  const reads = method === 'GET' || method === 'HEAD';
  // «A public route needs no permission, of any valid key»; only reading can be public.
  if (route?.public && reads) return true;
  if (reach.publishable) return false;
  const byDefault = segments.find((segment) => segment !== '' && !/^v[0-9]+$/.test(segment)) ?? '';
  const [resource = '', action] = route?.permission?.split(':') ?? [byDefault, reads ? 'read' : 'write'];
  return [reach.role, reach.own ?? ['*:*']].every((permissions) =>
    permissions.some((permission) => {
      const [onWhat, does] = permission.split(':');
      return (
        (onWhat === '*' || (resource !== '' && onWhat === resource)) && (does === '*' || does === action)
      );
    }),
  );
}

/** «A literal goes before {x} before {x+}, segment by segment, then the method before ANY»; GET is HEAD too. */
function bestRoute(
  routes: readonly Route[],
  method: string,
  segments: readonly string[],
  { ignoresCase, takesEmptyRests }: Reader,
): Route | undefined {
  const fold = (text: string) => (ignoresCase ? text.toLowerCase() : text);
  const rankOf = (route: Route): string | undefined => {
    const methods = [method, ...(method === 'HEAD' ? ['GET'] : []), 'ANY'];
    const wanted = route.path.split('/').slice(1);
    if (!methods.includes(route.method)) return undefined;
    const ranks = wanted.map((each, index) => {
      const given = segments[index] ?? '';
      if (each.endsWith('+}')) return takesEmptyRests || segments.slice(index).some(Boolean) ? '2' : 'x';
      if (each.startsWith('{')) return given === '' ? 'x' : '1';
      return fold(each) === fold(given) ? '0' : 'x';
    });
    const isLong = segments.length > wanted.length && !wanted.at(-1)?.endsWith('+}');
    if (ranks.includes('x') || isLong || segments.length < wanted.length) return undefined;
    return `${ranks.join('')}~${methods.indexOf(route.method)}`;
  };
  const ranked = routes.flatMap((route) => {
    const rank = rankOf(route);
    return rank === undefined ? [] : [{ route, rank }];
  });
  return ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1))[0]?.route;
}
