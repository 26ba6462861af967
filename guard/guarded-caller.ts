import type { Caller } from '../core/domain/decision.ts';
import { formatPolicies, type LimitPolicy, parsePolicies } from '../core/domain/limit.ts';
import { credentialIdOf } from '../core/store/item-keys.ts';
import type { GuardedCaller } from './caller.ts';

/** Who calls, with what the guard needs to know besides. */
export interface Identified {
  readonly caller: GuardedCaller;
  readonly credentialId: string;
  readonly limits: readonly LimitPolicy[];
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
  return {
    credentialId: credentialIdOf(keyId),
    limits: policies,
    caller: {
      keyId,
      tenantId: String(context.tenantId),
      environment: context.environment === 'live' ? 'live' : 'sandbox',
      keyType: keyType === 'publishable' || keyType === 'subscription' ? keyType : 'secret',
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
  const { subscription, permissions, secretId, ...rest } = caller;
  return identifiedBy({
    ...rest,
    ...subscription,
    ...(subscription && { slot: secretId }),
    permissions: permissions.join(' '),
    limits: formatPolicies(limits),
  });
}
