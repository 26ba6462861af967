/**
 * One text for several parts, to look things up by: JSON, so different parts never make the same text, whatever
 * they hold, and none is not the word «null». Joining parts by a separator is only as good as the promise that
 * no part holds it, which a caller does not give.
 */
export function compositeKey(...parts: readonly (string | undefined)[]): string {
  return JSON.stringify(parts);
}
