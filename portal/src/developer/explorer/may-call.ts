import type { ApiOperation } from '../api-document.ts';

/** What is known of the key that calls are made with. */
export interface KnownKey {
  readonly type: 'secret' | 'publishable' | 'subscription';
  readonly permissions: readonly string[];
  /** Its own where it has any, which narrow the role's. */
  readonly own: readonly string[] | null;
}

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

/** Whether an operation would be refused for what the key may do; undefined where that is not known. */
export function mayCall(
  { permission }: Pick<ApiOperation, 'permission'>,
  key: KnownKey | undefined,
): boolean | undefined {
  if (key === undefined) return undefined;
  if (key.type === 'publishable') return permission === null;
  return (
    permission === null ||
    (covers(key.permissions, permission) && (key.own === null || covers(key.own, permission)))
  );
}

/** `resource:action`, with `*` on either side of what is granted. */
function covers(granted: readonly string[], permission: string): boolean {
  const [resource, action] = permission.split(':');
  return ['*:*', `*:${action}`, `${resource}:*`, permission].some((each) => granted.includes(each));
}
