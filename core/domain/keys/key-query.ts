import { ID_LENGTH } from '../ground/base62.ts';
import type { ApiKey } from './api-key.ts';

/** What somebody looks for among keys: a key's id, a secret's hint, or what a name begins with; each is tried. */
export interface KeyQuery {
  /** `key_…`, where the text is one or its 12 characters. */
  readonly keyId: string | undefined;
  /** The last four characters of a key, where the text is as long. */
  readonly hint: string | undefined;
  /** As names are compared: in lower case. */
  readonly namePrefix: string;
}

/** Bytes that a sort key of DynamoDB may have are 1,024: a name has 100 characters of four bytes, and may grow in lower case. */
const LONGEST_NAME_BYTES = 900;
const KEY_ID = new RegExp(`^(?:key_)?([0-9A-Za-z]{${ID_LENGTH}})$`);
const HINT = /^[0-9A-Za-z]{4}$/;

/** @param text what somebody typed */
export function readKeyQuery(text: string): KeyQuery {
  const [, id] = KEY_ID.exec(text) ?? [];
  return {
    keyId: id === undefined ? undefined : `key_${id}`,
    hint: HINT.test(text) ? text : undefined,
    namePrefix: lowerCased(text),
  };
}

/** What a tenant's keys are ordered by where they are looked for by name; unique, since it ends with the id. */
export function nameKeyOf({ name, keyId }: Pick<ApiKey, 'name' | 'keyId'>): string {
  return `${lowerCased(name)}#${keyId}`;
}

/** The hint by which a key is found: its newest secret's, as long as it has one. */
export function searchedHintOf({ status, secrets }: Pick<ApiKey, 'status' | 'secrets'>): string | undefined {
  return status === 'revoked' ? undefined : secrets[0]?.hint || undefined;
}

/** Ends within a character where it must. */
function lowerCased(text: string): string {
  let name = text.normalize('NFC').toLowerCase();
  while (Buffer.byteLength(name) > LONGEST_NAME_BYTES) name = name.slice(0, -1);
  return name;
}
