/** `sk_live_` and the like, with a vendor perhaps, and then the id, which is no secret. */
const KEY = /^(?:[a-z0-9]+_)?(pk|sk|sub|ck)_(dev|live)_([0-9A-Za-z]{12})[0-9A-Za-z]{38}$/;

export interface KeyName {
  readonly kind: 'pk' | 'sk' | 'sub' | 'ck';
  readonly environment: 'sandbox' | 'live';
  /** Of an API key `key_…`, of a subscription `sub_…`. */
  readonly id: string;
}

/** What a key's text says of itself; undefined for what has not the form of a key. */
export function nameOfKey(text: string): KeyName | undefined {
  const [, kind, environment, id] = KEY.exec(text.trim()) ?? [];
  if (kind === undefined) return undefined;
  return {
    kind: kind as KeyName['kind'],
    environment: environment === 'dev' ? 'sandbox' : 'live',
    id: `${kind === 'sub' ? 'sub' : 'key'}_${id}`,
  };
}
