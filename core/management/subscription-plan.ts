import type { ShowableKeys } from '../aws/showable-keys.ts';
import type { UsagePlanKeys } from '../aws/usage-plan-keys.ts';
import { decideOnSubscription } from '../domain/approvals/approvable.ts';
import type {
  SubscriptionOperation,
  SubscriptionRequest,
  SubscriptionSecretOperation,
} from '../domain/approvals/approval.ts';
import type { Change, ChangeContext } from '../domain/audit/audit-event.ts';
import type { RandomBytes } from '../domain/ground/base62.ts';
import { DomainError } from '../domain/ground/domain-error.ts';
import { tagOf } from '../domain/ground/entity-tag.ts';
import { type Idempotency, withAnswered } from '../domain/ground/idempotency.ts';
import { found } from '../domain/ground/not-found.ts';
import type { KeyFormat } from '../domain/keys/key-format.ts';
import type { LastUse } from '../domain/keys/last-use.ts';
import type { Pepper } from '../domain/keys/pepper.ts';
import { mintShowable, neededFor, textOf } from '../domain/keys/showable-key.ts';
import type { Slot, Subscription } from '../domain/products/subscription.ts';
import { createSubscription, regenerateKey, revealKeys } from '../domain/products/subscription-lifecycle.ts';
import type { Tenant } from '../domain/tenants/tenant.ts';
import type { LastUseStore } from '../store/last-use-store.ts';
import type { ProductStore } from '../store/product-store.ts';
import type { SubscriptionStore } from '../store/subscription-store.ts';
import type { TenantStore } from '../store/tenant-store.ts';
import { type Answer, tagged } from './operation.ts';
import { type Plan, updating } from './plan.ts';
import { SHOWN_BEFORE } from './replay.ts';
import { presentSubscription } from './schemas/subscription-schemas.ts';
import { withUsagePlanKey } from './usage-plan-key.ts';

/** What planning an operation on subscriptions needs. */
export interface SubscriptionPlanning {
  readonly subscriptions: SubscriptionStore;
  readonly subscriptionKeys: ShowableKeys;
  readonly products: ProductStore;
  readonly tenants: TenantStore;
  readonly lastUses: LastUseStore;
  readonly usagePlanKeys: UsagePlanKeys;
  readonly keyFormat: KeyFormat;
  readonly randomBytes: RandomBytes;
  readonly pepper: (versions?: readonly string[]) => Promise<Pepper>;
}

/** Plans a subscription's creation. Both keys' texts are kept before it exists. @throws DomainError */
export async function planSubscription(
  { body }: SubscriptionRequest,
  { subscriptionId, requestedBy }: { readonly subscriptionId: string; readonly requestedBy: string },
  context: ChangeContext,
  dependencies: SubscriptionPlanning,
): Promise<Plan<Subscription>> {
  const { subscriptions, subscriptionKeys, usagePlanKeys, keyFormat, randomBytes } = dependencies;
  const tenant = found(await dependencies.tenants.get(body.tenantId));
  const product = await dependencies.products.get(body.productId);
  if (product === undefined) {
    throw new DomainError('invalid_request', 'productId names no product; GET /v1/products lists them', {
      param: 'productId',
    });
  }
  const pepper = await dependencies.pepper();
  const mint = { keyFormat, randomBytes, pepper };
  const key = () => mintShowable('sub', subscriptionId, product.environment, mint);
  const keys = { primary: key(), secondary: key() };
  const input = { ...body, subscriptionId, requestedBy };
  return {
    tenant: () => tenant,
    before: undefined,
    decide: (_, own) => createSubscription(tenant, product, input, keys, own),
    prepare: async (change) => {
      const prepared = await withUsagePlanKey(change, usagePlanKeys, pepper);
      const texts = [keys.primary.text, keys.secondary.text];
      await subscriptionKeys.add(subscriptionId, texts, { now: context.now, isNeeded: () => true });
      return prepared;
    },
    write: (_, change, idempotency) => subscriptions.create(change, idempotency),
    answer: (state) => answerOfSubscription(201, state, undefined),
    answerRepeat: (state) => answerOfSubscription(200, state, undefined),
  };
}

/** Plans a change of a subscription that shows no key. @throws DomainError `not_found` */
export async function planOnSubscription(
  what: SubscriptionOperation,
  before: Subscription,
  { subscriptions, tenants, lastUses }: SubscriptionPlanning,
): Promise<Plan<Subscription>> {
  const [tenant, lastUse] = await Promise.all([
    tenants.get(before.tenantId),
    lastUses.lastUseOf(before.subscriptionId),
  ]);
  const some = found(tenant);
  return {
    tenant: () => some,
    before,
    decide: (state, own) => decideOnSubscription(what, state, some, own),
    write: updating(subscriptions),
    answer: (state) => answerOfSubscription(200, state, lastUse),
  };
}

/**
 * Plans a showing or a replacement of keys.
 * @param answered what the subscription remembers of a request whose answer shows them
 * @throws DomainError `not_found`
 */
export async function planSecretOfSubscription(
  what: SubscriptionSecretOperation,
  before: Subscription,
  context: ChangeContext,
  dependencies: SubscriptionPlanning,
  answered?: Idempotency,
): Promise<Plan<Subscription>> {
  const tenant = found(await dependencies.tenants.get(before.tenantId));
  const digests = Object.values(before.digests);
  const pepper = await dependencies.pepper(digests.map((digest) => digest.pepper));
  const steps =
    what.operation === 'revealSubscriptionKeys'
      ? showing(before.subscriptionId, pepper, dependencies)
      : replacing(what.body.slot, before, { tenant, pepper, context }, dependencies);
  return {
    tenant: () => tenant,
    before,
    ...steps,
    decide: (state, own) => {
      const change = steps.decide(state, own);
      return { ...change, state: withAnswered(change.state, answered) };
    },
    write: updating(dependencies.subscriptions),
  };
}

/** One subscription, as an answer. */
export function answerOfSubscription(
  status: 200 | 201,
  state: Subscription,
  lastUse: LastUse | undefined,
): Answer {
  return tagged(tagOf(state), { status, body: presentSubscription(state, lastUse) });
}

/** What is answered to a repeat of what showed keys: the record, and how to go on. */
export function answerRepeatOfSubscription(state: Subscription, lastUse: LastUse | undefined): Answer {
  const subscription = presentSubscription(state, lastUse);
  return tagged(tagOf(state), { status: 200, headers: SHOWN_BEFORE, body: { subscription } });
}

interface Steps {
  readonly decide: (before: Subscription, context: ChangeContext) => Change<Subscription>;
  readonly prepare?: (change: Change<Subscription>) => Promise<Change<Subscription>>;
  readonly answer: (state: Subscription) => Answer;
}

/** Shows both keys, once the showing is on record. */
function showing(subscriptionId: string, pepper: Pepper, { subscriptionKeys }: SubscriptionPlanning): Steps {
  let texts: readonly string[] = [];
  return {
    decide: revealKeys,
    prepare: async (change) => {
      texts = await subscriptionKeys.texts(subscriptionId);
      return change;
    },
    answer: ({ digests: { primary, secondary } }) => ({
      status: 200,
      body: {
        primaryKey: textOf(primary, texts, pepper) ?? null,
        secondaryKey: textOf(secondary, texts, pepper) ?? null,
      },
    }),
  };
}

/**
 * Replaces one slot's key. The new text is kept beside the old ones first, once; the write of its digest then
 * makes it the slot's key, so that an end in between changes nothing.
 */
function replacing(
  slot: Slot,
  before: Subscription,
  given: { readonly tenant: Tenant; readonly pepper: Pepper; readonly context: ChangeContext },
  { subscriptionKeys, keyFormat, randomBytes }: SubscriptionPlanning,
): Steps {
  const { subscriptionId, environment } = before;
  const { tenant, pepper, context } = given;
  const key = mintShowable('sub', subscriptionId, environment, { keyFormat, randomBytes, pepper });
  let kept: Promise<void> | undefined;
  return {
    decide: (state, own) => regenerateKey(state, tenant, { slot, key }, own),
    prepare: async (change) => {
      const isNeeded = neededFor(Object.values(before.digests), pepper);
      kept ??= subscriptionKeys.add(subscriptionId, [key.text], { now: context.now, isNeeded });
      await kept;
      return change;
    },
    answer: () => ({ status: 200, body: { key: key.text } }),
  };
}
