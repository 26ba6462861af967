/** A resource or route path: `/v1/orders`, `/v1/{id}`, `/v1/{proxy+}`. */
export interface PathPattern {
  readonly text: string;
  readonly segments: readonly PatternSegment[];
}

interface PatternSegment {
  readonly kind: 'literal' | 'parameter' | 'greedy';
  readonly text: string;
}

const RANK = { literal: 0, parameter: 1, greedy: 2 } as const;

export function parsePattern(text: string): PathPattern {
  return { text, segments: splitPath(text).map(parseSegment) };
}

/** The segments between a path's slashes: none for `/`, a last empty one after a trailing slash. */
export function splitPath(path: string): string[] {
  return path === '/' || path === '' ? [] : path.replace(/^\//, '').split('/');
}

/**
 * The path parameters when the pattern matches, else null. `{name}` takes one segment that is not empty,
 * `{name+}` takes all that follow, at least one character. Literals are compared with `literalOf` of the
 * segment; parameters hold the segment as it is given.
 */
export function matchPattern(
  pattern: PathPattern,
  segments: readonly string[],
  literalOf: (segment: string) => string = (segment) => segment,
): Record<string, string> | null {
  const parameters: [string, string][] = [];
  for (const [i, { kind, text }] of pattern.segments.entries()) {
    if (kind === 'greedy') {
      const rest = segments.slice(i).join('/');
      return rest === '' ? null : Object.fromEntries([...parameters, [text, rest]]);
    }
    const segment = segments[i];
    if (segment === undefined) return null;
    if (kind === 'literal' ? literalOf(segment) !== text : segment === '') return null;
    if (kind === 'parameter') parameters.push([text, segment]);
  }
  return pattern.segments.length === segments.length ? Object.fromEntries(parameters) : null;
}

/** Sorts the more specific of two patterns that match the same path first, segment by segment. */
export function bySpecificity(a: PathPattern, b: PathPattern): number {
  for (const [i, segment] of a.segments.entries()) {
    const other = b.segments[i];
    if (other === undefined) break;
    if (segment.kind !== other.kind) return RANK[segment.kind] - RANK[other.kind];
  }
  return b.segments.length - a.segments.length;
}

export function isGreedy(pattern: PathPattern): boolean {
  return pattern.segments.at(-1)?.kind === 'greedy';
}

function parseSegment(segment: string): PatternSegment {
  const [, name, plus] = /^\{([^}]+?)(\+?)\}$/.exec(segment) ?? [];
  if (name === undefined) return { kind: 'literal', text: segment };
  return { kind: plus === '+' ? 'greedy' : 'parameter', text: name };
}
