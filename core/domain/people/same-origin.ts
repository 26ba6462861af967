import { CSRF_HEADER } from '../../contract/session.ts';

type Headers = Readonly<Record<string, string | undefined>>;

const READING: readonly string[] = ['GET', 'HEAD'];

/**
 * Whether a request that came by cookie was sent by a page of ours, as far as that matters: what only reads needs no
 * proof, all else a header that no form can set and no other origin may, and the browser's own word for where it
 * comes from (Fetch Metadata, `Sec-Fetch-Site`; before that `Origin`).
 */
export function isProvenOwn(method: string, headers: Headers, origins: readonly string[]): boolean {
  if (READING.includes(method)) return true;
  return headers[CSRF_HEADER.name] === CSRF_HEADER.value && isFromOwnPage(headers, origins);
}

/** Whether the browser says that a page of one of these origins sent the request. */
export function isFromOwnPage(headers: Headers, origins: readonly string[]): boolean {
  const site = headers['sec-fetch-site'];
  return site === undefined ? origins.includes(headers.origin ?? '') : site === 'same-origin';
}

const LONGEST_PATH = 1024;
/** Stands for whichever origin a path is to be of. */
const OWN = 'http://own.invalid';

/**
 * Where a person goes after signing in: the path that was asked for if it is one of this origin's pages, otherwise
 * the first page. Read as browsers read it, to whom `//host`, `/\\host` and tabs between slashes are other hosts.
 */
export function returnPathOf(asked: string | undefined): string {
  if (asked === undefined || asked.length > LONGEST_PATH || !/^\/[!-~]*$/.test(asked)) return '/';
  const url = URL.parse(asked, OWN);
  if (url === null || url.origin !== OWN || asked.includes('\\')) return '/';
  const path = url.pathname + url.search + url.hash;
  // What is written in percents is longer than what was asked for, and is noted in a cookie.
  if (path.length > LONGEST_PATH) return '/';
  // A path that becomes another host's only once its dots are resolved.
  if (path.startsWith('//') || /^\/(?:auth|v1)(?:\/|$)/i.test(url.pathname)) return '/';
  return path;
}
