import { DomainError } from '../domain/ground/domain-error.ts';

/**
 * An opaque text for a position in a list. It names the list, so that it can't be used on another one.
 * @param list what the list is of, for example `keys tenant_acme`
 */
export function encodeCursor(list: string, position: string | null): string | null {
  return position === null ? null : Buffer.from(JSON.stringify([list, position])).toString('base64url');
}

/**
 * @param isPosition whether a text may be a position of the list; by default a time and an id
 * @throws DomainError `invalid_request` for a text that was not given out for this list
 */
export function decodeCursor(
  list: string,
  cursor: string | undefined,
  param = 'cursor',
  isPosition: (text: string) => boolean = isTimed,
): string | undefined {
  if (cursor === undefined) return undefined;
  const position = read(list, cursor, isPosition);
  if (position === undefined) throw foreignCursor(param);
  return position;
}

/** The answer to a cursor of another list. */
export function foreignCursor(param = 'cursor'): DomainError {
  return new DomainError(
    'invalid_request',
    `The ${param} is not one that this list gave out; start again without one`,
    { param },
  );
}

function read(list: string, cursor: string, isPosition: (text: string) => boolean): string | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(parsed) || parsed.length !== 2 || parsed[0] !== list) return undefined;
    const [, position] = parsed as readonly unknown[];
    const isOurs = typeof position === 'string' && isPosition(position);
    // Decoding passes over what is no base64: only what is encoded to the same text was given out.
    return isOurs && encodeCursor(list, position) === cursor ? position : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a position is of this form, and begins with a time that there is and a `#`. */
export function isTimed(position: string, form = POSITION): boolean {
  return form.test(position) && !Number.isNaN(Date.parse(position.slice(0, position.indexOf('#'))));
}

/** A time and an id, as most lists are ordered by. */
const POSITION = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[A-Za-z0-9_-]{1,60}$/;
