import type { Caller, KeyOwner } from '../core/domain/decision/decision.ts';
import { formatPolicies, type LimitPolicy, parsePolicies } from '../core/domain/decision/limit.ts';
import type { RefusalDetails } from '../core/domain/decision/refusal-answer.ts';
import { Permissions } from '../core/domain/tenants/permission.ts';
import { credentialIdOf } from '../core/store/item-keys.ts';
import type { GuardedCaller } from './caller.ts';

/** Who calls, with what the guard needs to know besides. */
export interface Identified {
  readonly caller: GuardedCaller;
  readonly credentialId: string;
  readonly limits: readonly LimitPolicy[];
  /** Whose key it is, for the lines about it. */
  readonly owner: KeyOwner;
}

const KEY_ID = /^(?:key|sub)_[0-9A-Za-z]{12}$/;

/**
 * Reads what an authorizer of Keywright's put into its context; undefined for another authorizer's.
 * @throws TypeError for limits that no authorizer of ours writes
 */
export function identifiedBy(context: Readonly<Record<string, unknown>>): Identified | undefined {
  const { keyId, keyType, permissions, limits } = context;
  if (typeof keyId !== 'string' || !KEY_ID.test(keyId)) return undefined;
  const text = (name: string) => (typeof context[name] === 'string' ? String(context[name]) : undefined);
  const policies = parsePolicies(typeof limits === 'string' ? limits : '');
  const whose = {
    tenantId: String(context.tenantId),
    environment: context.environment === 'live' ? 'live' : 'sandbox',
    keyType: keyType === 'publishable' || keyType === 'subscription' ? keyType : 'secret',
  } as const;
  return {
    credentialId: credentialIdOf(keyId),
    limits: policies,
    owner: whose,
    caller: {
      keyId,
      ...whose,
      role: text('role'),
      // A subscription may call all of its product's APIs.
      permissions:
        keyType === 'subscription'
          ? ['*:*']
          : String(permissions ?? '')
              .split(' ')
              .filter(Boolean),
      subscriptionId: text('subscriptionId'),
      productId: text('productId'),
      slot: text('slot'),
      oauthClientId: text('oauthClientId'),
    },
  };
}

/** The same for a caller whom the guard itself has identified. */
export function identifiedAs(caller: Caller, limits: readonly LimitPolicy[]): Identified | undefined {
  const { subscription, permissions, ...rest } = caller;
  return identifiedBy({
    ...rest,
    ...subscription,
    ...(subscription && { slot: caller.secretId }),
    permissions: permissions.join(' '),
    limits: formatPolicies(limits),
  });
}

/** There is no word of the caller from an authorizer of Keywright's. */
export const UNINTRODUCED = { code: 'authentication_failed', cause: 'no_context' } as const;

/** The refusal of a caller who lacks a permission; undefined where none is asked for, or it is there. */
export function lacking(
  { caller, owner }: Identified,
  permission: string | undefined,
): RefusalDetails | undefined {
  if (permission === undefined || isGranted(caller, permission)) return undefined;
  const cause = caller.keyType === 'publishable' ? 'route_not_public' : 'permission_missing';
  return { code: 'insufficient_permissions', cause, keyId: caller.keyId, owner };
}

/** A publishable key's permissions are those of its role, but it may use them on public routes alone. */
function isGranted({ keyType, permissions }: GuardedCaller, permission: string): boolean {
  const [resource = '', action] = permission.split(':');
  if (keyType === 'publishable' || (action !== 'read' && action !== 'write')) return false;
  return new Permissions(permissions).allow({ resource, action });
}
