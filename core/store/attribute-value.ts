/**
 * DynamoDB's JSON form of values, for the request plane: the SDK's own conversion takes longer to load
 * than a whole cold decision may.
 */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: AttributeMap };

export interface AttributeMap {
  readonly [name: string]: AttributeValue;
}

/** A plain object of an item. Any name is its own, also one that every object has from its prototype. */
export function fromAttributes(map: AttributeMap): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, fromAttribute(value)]));
}

/** An item of a plain object of strings, numbers, booleans, nulls, arrays and objects; undefined is left out. */
export function toAttributes(object: object): AttributeMap {
  const given = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, toAttribute(value)]));
}

function fromAttribute(value: AttributeValue): unknown {
  if ('S' in value) return value.S;
  if ('N' in value) return Number(value.N);
  if ('BOOL' in value) return value.BOOL;
  if ('L' in value) return value.L.map(fromAttribute);
  if ('M' in value) return fromAttributes(value.M);
  return null;
}

function toAttribute(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: `${value}` };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  if (typeof value === 'object') return { M: toAttributes(value) };
  throw new TypeError(`a ${typeof value} has no place in an item`);
}
