import type { ApiOperation } from '../../shared/api/api-document.ts';
import { covers } from '../../shared/api/permission.ts';

/** What is known of the key that calls are made with. */
export interface KnownKey {
  readonly type: 'secret' | 'publishable' | 'subscription';
  readonly permissions: readonly string[];
  /** Its own where it has any, which narrow the role's. */
  readonly own: readonly string[] | null;
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
