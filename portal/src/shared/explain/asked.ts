import { nameOfKey } from '../show/key-name.ts';

/** What somebody wants explained: one refused request, or whatever was refused of a key or subscription. */
export interface Asked {
  readonly kind: 'request' | 'key' | 'subscription';
  readonly id: string;
}

/** As API Gateway gives them: of REST APIs a UUID, of HTTP APIs 15 characters and an equals sign. */
const REQUEST = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-Za-z_-]{15}=)$/;
const CREDENTIAL = /^(?:key|sub)_[0-9A-Za-z]{12}$/;

/**
 * What a text asks for. Of a whole key the id alone: its text goes nowhere, and least of all into an address.
 * Undefined for anything else, which is not asked for either: it may be a key in somebody else's form.
 */
export function askedBy(text: string): Asked | undefined {
  const wanted = text.trim();
  const key = nameOfKey(wanted);
  const id = key === undefined || key.kind === 'ck' ? wanted : key.id;
  if (CREDENTIAL.test(id)) return { kind: id.startsWith('sub_') ? 'subscription' : 'key', id };
  return REQUEST.test(id) ? { kind: 'request', id } : undefined;
}

/** The page that explains it. @param base what addresses of the door's pages begin with */
export function explainUrl(base: string, id: string): string {
  return `${base}/explain?${new URLSearchParams({ of: id })}`;
}
