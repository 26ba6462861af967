/**
 * JSON by RFC 8785: every object's keys in order of their UTF-16 code units, no white space, absent for
 * undefined (in a list null, as JSON itself has it). Equal values are equal texts, in any language that follows it, and different values are
 * different texts: what JSON can't say is refused and not guessed at.
 * @throws TypeError for a value that is not of JSON, such as a set, a date or NaN
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw notJson(value);
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  const isJson = value === null || typeof value === 'string' || typeof value === 'boolean';
  if (!isJson && value !== undefined && !Number.isFinite(value)) throw notJson(value);
  return JSON.stringify(value ?? null);
}

function notJson(value: unknown): TypeError {
  return new TypeError(`a ${Object.prototype.toString.call(value)} is nothing that JSON can say`);
}
