import type { Change, ChangeContext } from '../audit/audit-event.ts';
import { DomainError } from '../ground/domain-error.ts';
import type { ApiKey } from '../keys/api-key.ts';
import { disableKey, enableKey, endOverlap, revokeKey, updateKey } from '../keys/api-key-lifecycle.ts';
import { bindKey } from '../keys/secret-registration.ts';
import { bindSubscription } from '../products/slot-registration.ts';
import type { Subscription } from '../products/subscription.ts';
import {
  approveSubscription,
  cancelSubscription,
  rejectSubscription,
  resumeSubscription,
  suspendSubscription,
  updateSubscription,
  withdrawSubscription,
} from '../products/subscription-lifecycle.ts';
import { deleteRole, putRole, type RoleHolders, type Tenant, updateTenant } from '../tenants/tenant.ts';
import type { Approval, KeyOperation, SubscriptionOperation, TenantOperation } from './approval.ts';
import type { Guarded } from './four-eyes.ts';

/** What an operation on a key comes to; undefined when nothing would change. @throws DomainError */
export function decideOnKey(
  what: KeyOperation,
  key: ApiKey,
  tenant: Tenant,
  context: ChangeContext,
): Change<ApiKey> | undefined {
  switch (what.operation) {
    case 'updateKey':
      return updateKey(key, tenant, what.body, context);
    case 'endOverlap':
      return endOverlap(key, context);
    case 'disableKey':
      return disableKey(key, what.body.reason, context);
    case 'enableKey':
      return enableKey(key, tenant, context);
    case 'revokeKey':
      return revokeKey(key, what.body.reason, context);
    case 'putKeyRotation':
      return bindKey(key, what.body, context);
    case 'deleteKeyRotation':
      return bindKey(key, undefined, context);
  }
}

/** What an operation on a subscription that shows no key comes to; undefined when nothing would change. @throws DomainError */
export function decideOnSubscription(
  what: SubscriptionOperation,
  subscription: Subscription,
  tenant: Tenant,
  context: ChangeContext,
): Change<Subscription> | undefined {
  switch (what.operation) {
    case 'approveSubscription':
      return approveSubscription(subscription, tenant, what.body.reason, context);
    case 'rejectSubscription':
      return rejectSubscription(subscription, what.body.reason, context);
    case 'suspendSubscription':
      return suspendSubscription(subscription, what.body.reason, context);
    case 'resumeSubscription':
      return resumeSubscription(subscription, tenant, what.body.reason, context);
    case 'cancelSubscription':
      return cancelSubscription(subscription, what.body.reason, context);
    case 'withdrawSubscription':
      return withdrawSubscription(subscription, what.body.reason, context);
    case 'updateSubscription':
      return updateSubscription(subscription, what.body, context);
    case 'putSubscriptionRotation':
      return bindSubscription(subscription, what.body, context);
    case 'deleteSubscriptionRotation':
      return bindSubscription(subscription, undefined, context);
  }
}

/**
 * What an operation on a tenant comes to; undefined when nothing would change.
 * @param holders keys that have the name of the role that is to be made, as `putRole` takes them
 * @throws DomainError
 */
export function decideOnTenant(
  what: TenantOperation,
  tenant: Tenant,
  context: ChangeContext,
  holders?: RoleHolders,
): Change<Tenant> | undefined {
  switch (what.operation) {
    case 'updateTenant':
      return updateTenant(tenant, what.body, context);
    case 'putRole':
      return putRole(tenant, what.role, what.body, context, holders);
    case 'deleteRole':
      return deleteRole(tenant, what.role, context);
  }
}

/** What may be changed under an approval remembers that it was. */
interface Approved {
  readonly approvalsUsed?: Readonly<Record<string, string>> | undefined;
}

/** Whether an approval was carried out here; certain as long as its time is not over. */
export function isCarriedOut({ approvalsUsed }: Approved, { approvalId }: Approval): boolean {
  return Object.hasOwn(approvalsUsed ?? {}, approvalId);
}

/**
 * What `decide` comes to, as it carries out an approval: it leaves the approval's id in the item that it
 * changes, so that a repeat finds it done, and in its event.
 * @throws DomainError `invalid_state` when by now it is refused or there is nothing to change
 */
export function carryOut<State extends Guarded>(
  { approvalId, expiresAt, requestedBy, decidedBy }: Approval,
  { now }: ChangeContext,
  decide: () => Change<State> | undefined,
): Change<State> {
  const change = decideAgain(decide);
  if (change === undefined) {
    throw new DomainError('invalid_state', 'Everything is already as this would make it; nothing was done');
  }
  const { state, event } = change;
  const used = Object.entries(state.approvalsUsed ?? {}).filter(([, end]) => Date.parse(end) > now.getTime());
  if (used.length >= MOST_APPROVALS_USED) throw tooManyApprovals();
  return {
    state: { ...state, approvalsUsed: { ...Object.fromEntries(used), [approvalId]: expiresAt } },
    event: { ...event, data: { ...event.data, approval: { approvalId, requestedBy, decidedBy } } },
  };
}

/**
 * How many approvals an item remembers. None may be forgotten before its time, or a repeat would carry it out
 * again; each lasts for a day.
 */
export const MOST_APPROVALS_USED = 500;

function tooManyApprovals(): DomainError {
  return new DomainError(
    'invalid_state',
    `${MOST_APPROVALS_USED} approved changes of this were carried out within a day, which is as many as are remembered; approve the rest tomorrow, or disable or suspend it now`,
  );
}

/** The request was fine when it was made; what is refused now does not fit the state of things any more. */
function decideAgain<Result>(decide: () => Result): Result {
  try {
    return decide();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new DomainError('invalid_state', `This can't be carried out any more: ${error.message}`, {
      cause: error,
    });
  }
}
