/**
 * One text for several parts, to look things up by: each part behind its length, so different parts never make
 * the same text, whatever they hold, and none is not an empty one. Joining parts by a separator is only as good
 * as the promise that no part holds it, which a caller does not give. Never stored: it may change.
 */
export function compositeKey(...parts: readonly (string | undefined)[]): string {
  let key = '';
  for (const part of parts) key += part === undefined ? '-' : `${part.length}:${part}`;
  return key;
}
