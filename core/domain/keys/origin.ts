/**
 * Whether a browser's `Origin` is one of the allowed ones. No list allows every origin and none at all.
 * Compared as browsers write it (RFC 6454, 6.2): lower-case scheme and host, the port unless it is the
 * scheme's own. `https://*.example.com` allows one or more labels below example.com, not itself.
 */
export function originAllowed(allowed: readonly string[], origin: string | undefined): boolean {
  if (allowed.length === 0) return true;
  if (origin === undefined) return false;
  const presented = origin.toLowerCase();
  return allowed.some((pattern) => matches(pattern.toLowerCase(), presented));
}

function matches(pattern: string, origin: string): boolean {
  const star = pattern.indexOf('://*.');
  if (star === -1) return pattern === origin;
  const scheme = pattern.slice(0, star + 3);
  const suffix = pattern.slice(star + 4);
  const labels = origin.slice(scheme.length, -suffix.length);
  return origin.startsWith(scheme) && origin.endsWith(suffix) && /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(labels);
}
