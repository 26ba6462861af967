/** Names of the cookies of one portal, in the order in which they are looked for. */
export interface CookieNames {
  readonly session: readonly string[];
  /** What the names of sign-ins under way begin with: one each, so that two tabs don't end each other's. */
  readonly signIn: readonly string[];
}

/** Set by a server for its own host alone, over a secure connection, for all paths (RFC 6265bis, 4.1.3.2). */
const HOST_PREFIX = '__Host-';
const NAME = 'kw';

/** 256 random bits in base64url. */
const VALUE = /^[A-Za-z0-9_-]{43}$/;

/**
 * Names for portals at these origins. Cookies know no ports, so a portal of this machine has its port in the name;
 * and Safari takes no secure cookie over HTTP, so there is one without the prefix.
 */
export function cookieNamesOf(origins: readonly string[]): CookieNames {
  const names = [...new Set(origins.flatMap(namesAt))];
  return { session: names, signIn: names.map((name) => `${name}-login-`) };
}

function namesAt(origin: string): string[] {
  const { protocol, port } = new URL(origin);
  return protocol === 'https:'
    ? [HOST_PREFIX + NAME]
    : [`${HOST_PREFIX}${NAME}-${port || 80}`, `${NAME}-${port || 80}`];
}

/** Which of several names a browser takes: the first, unless it refuses secure cookies over HTTP. */
export function nameFor(names: readonly string[], userAgent: string | undefined): string {
  const isSafari = /Safari\//.test(userAgent ?? '') && !/Chrom(?:e|ium)\//.test(userAgent ?? '');
  const [first = '', plain = first] = names;
  return isSafari ? plain : first;
}

/** Values of cookies by name, as a request carries them: `name=value` each. */
export function valuesOf(cookies: readonly string[], name: string): string[] {
  return cookies
    .filter((cookie) => cookie.startsWith(`${name}=`))
    .map((cookie) => cookie.slice(name.length + 1));
}

/**
 * The session's cookie among those of a request; undefined where there is none.
 * `unclear` where there are several that differ, or what it holds is no value of ours.
 */
export function sessionCookieIn(
  cookies: readonly string[],
  names: CookieNames,
): { readonly value: string } | 'unclear' | undefined {
  const values = new Set(
    names.session.flatMap((name) => valuesOf(cookies, name)).filter((value) => value !== ''),
  );
  if (values.size === 0) return undefined;
  const [value = ''] = values;
  return values.size === 1 && VALUE.test(value) ? { value } : 'unclear';
}

/**
 * A `Set-Cookie` of ours.
 * @param seconds for how long; 0 takes it away
 */
export function setCookie(
  name: string,
  value: string,
  { seconds, sameSite }: { readonly seconds: number; readonly sameSite: 'Strict' | 'Lax' },
): string {
  const secure = name.startsWith(HOST_PREFIX) ? '; Secure' : '';
  return `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly${secure}; SameSite=${sameSite}`;
}
