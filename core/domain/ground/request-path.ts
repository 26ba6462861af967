/**
 * How a request's path is read. Gateways, frameworks and servers each cut, decode, merge and fold paths in
 * their own order. What all of them read alike is plain; everything else is ambiguous, and whoever calls it
 * must be allowed to call everything. This is the one definition: route tables match by it, decisions and
 * policies deny by it.
 */

/** Encodings of what needs none (RFC 3986, 2.3), and of `/`: some readers undo them before they look, others after. */
const UNCLEAR_ENCODING = /%(?:2[D-F]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])/i;

/**
 * Visible characters but those that somebody cuts a path at (`;` parameters, `?` query, `#` fragment, `\` for
 * `/`) or decodes once more (`%`).
 */
const PLAIN_ASCII = /^(?:\/[[\x21-\x7e]--[#%\/;?\\]]+)+$/v;

/** Dot segments, and ends that some file systems drop. */
const FINAL_DOT = /\.(?:\/|$)/;
/** ASP.NET takes `/(S(…))` for a session and reads on behind it. */
const SESSION = /\/\([A-Za-z]\(/;

/**
 * What is ambiguous as far as IAM's wildcards can say it, for API Gateway's policies. Behind the method in an
 * ARN; there all that is not visible ASCII is percent-encoded.
 */
export const AMBIGUOUS_WILDCARDS = [
  '*%*',
  '*;*',
  '*\\*',
  '*#*',
  '* *',
  '*//*',
  '*./*',
  '*.',
  '*/(?(*',
] as const;

/**
 * The paths that a path may be read as, first the one that most readers make of it: decoded, and without a
 * slash at its end; then as it was sent. Empty for an ambiguous path.
 * @param path with its leading slash, without query; percent-encoded, or decoded once as HTTP APIs hand it over
 */
export function readingsOf(path: string): readonly string[] {
  if (path === '/') return [path];
  const endsWithSlash = path.endsWith('/');
  const plain = endsWithSlash ? path.slice(0, -1) : path;
  const decoded = decode(plain);
  if (decoded === undefined || !isPlain(decoded)) return [];
  const spellings = decoded === plain ? [plain] : [decoded, plain];
  return endsWithSlash ? [...spellings, ...spellings.map((spelling) => `${spelling}/`)] : spellings;
}

function isPlain(path: string): boolean {
  return (PLAIN_ASCII.test(path) || isPlainText(path)) && !FINAL_DOT.test(path) && !SESSION.test(path);
}

function isPlainText(path: string): boolean {
  patterns ??= unicodePatterns();
  return patterns.plain.test(path) && path.normalize('NFKC') === path && !patterns.lookAlike.test(path);
}

let patterns: ReturnType<typeof unicodePatterns> | undefined;

/** Made when the first path of more than ASCII comes: Unicode's tables cost more than all else that a start makes. */
function unicodePatterns() {
  return {
    /** Beyond ASCII letters, marks and digits that can be seen. */
    plain:
      /^(?:\/(?:[[\x21-\x7e]--[#%\/;?\\]]|[[\p{L}\p{M}\p{N}]--\p{ASCII}--\p{Default_Ignorable_Code_Point}])+)+$/v,
    /** Scripts whose letters are drawn like Latin ones, in one word with these (Unicode TS 39, 5.1); a letter under a mark. */
    lookAlike:
      /\/(?=[^\/]*[A-Za-z])[^\/]*[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]|[A-Za-z]\p{M}/v,
  };
}

/** Undefined where readers differ over the encoding, or it is no UTF-8. */
function decode(path: string): string | undefined {
  if (!path.includes('%')) return path;
  if (UNCLEAR_ENCODING.test(path)) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
