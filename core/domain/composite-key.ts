/**
 * One text for several, to look things up by. Different parts never make the same text, whatever they hold:
 * each is preceded by its length in UTF-16 code units, and `-` stands for none. Joining texts by a separator
 * is only as good as the promise that no part holds it, which a caller does not give.
 */
export function compositeKey(...parts: readonly (string | undefined)[]): string {
  let key = '';
  for (const part of parts) key += part === undefined ? '-' : `${part.length}:${part}`;
  return key;
}
