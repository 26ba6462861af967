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
import { tagOf } from '../domain/ground/entity-tag.ts';
import { type Idempotency, withAnswered } from '../domain/ground/idempotency.ts';
import { found } from '../domain/ground/not-found.ts';
import type { KeyFormat } from '../domain/keys/key-format.ts';
import type { Pepper } from '../domain/keys/pepper.ts';
import { mintShowable, type ShowableKey } from '../domain/keys/showable-key.ts';
import { type Product, requireTerms, requireVisible } from '../domain/products/product.ts';
import type { ClientKey } from '../domain/products/protected-api.ts';
import { SEALED_IN, SLOTS, type Slot, type Subscription } from '../domain/products/subscription.ts';
import {
  createSubscription,
  opensApis,
  regenerateKey,
  revealKeys,
} from '../domain/products/subscription-lifecycle.ts';
import type { Tenant } from '../domain/tenants/tenant.ts';
import type { ApiStore } from '../store/api-store.ts';
import type { LastUseStore } from '../store/last-use-store.ts';
import type { ProductStore } from '../store/product-store.ts';
import type { SubscriptionStore } from '../store/subscription-store.ts';
import type { TenantStore } from '../store/tenant-store.ts';
import { type Answer, tagged } from './operation.ts';
import { type Plan, updating } from './plan.ts';
import { SHOWN_BEFORE } from './replay.ts';
import { presentSubscription, type SubscriptionFacts } from './schemas/subscription-schemas.ts';
import { withUsagePlanKey } from './usage-plan-key.ts';

/** What is read to show subscriptions. */
export interface SubscriptionShowing {
  readonly products: Pick<ProductStore, 'named'>;
  readonly tenants: Pick<TenantStore, 'named'>;
  readonly lastUses: LastUseStore;
}

/** What planning an operation on subscriptions needs. */
export interface SubscriptionPlanning extends SubscriptionShowing {
  readonly subscriptions: SubscriptionStore;
  readonly showableKeys: ShowableKeys;
  readonly apis: Pick<ApiStore, 'named'>;
  readonly products: ProductStore;
  readonly tenants: TenantStore;
  readonly usagePlanKeys: UsagePlanKeys;
  readonly keyFormat: KeyFormat;
  readonly randomBytes: RandomBytes;
  readonly pepper: (versions?: readonly string[]) => Promise<Pepper>;
}

/** A subscription that is to be made, for whom. */
interface Requester {
  readonly subscriptionId: string;
  readonly requestedBy: string;
  readonly requestedByName: string | undefined;
  /** Whether an operator asks, who sees all products. */
  readonly isOperators?: boolean;
}

/** Plans a subscription's creation, its keys' texts in the same write. @throws DomainError */
export async function planSubscription(
  { body }: SubscriptionRequest,
  { subscriptionId, isOperators = false, ...requester }: Requester,
  dependencies: SubscriptionPlanning,
): Promise<Plan<Subscription>> {
  const { subscriptions, usagePlanKeys } = dependencies;
  const tenant = found(await dependencies.tenants.get(body.tenantId));
  const read = await dependencies.products.get(body.productId);
  const product = requireVisible(read, isOperators ? '*' : [body.tenantId]);
  requireTerms(product, body.termsVersion);
  const pepper = await dependencies.pepper();
  const { environment } = product;
  const keyOf = (slot: Slot) => newKey({ subscriptionId, environment }, slot, pepper, dependencies);
  const [primary, secondary] = await Promise.all([keyOf('primary'), keyOf('secondary')]);
  const input = { ...body, subscriptionId, ...requester };
  const facts = {
    products: new Map([[product.productId, product]]),
    tenants: new Map([[tenant.tenantId, tenant]]),
    lastUses: new Map<string, never>(),
  };
  return {
    tenant: () => tenant,
    before: undefined,
    decide: (_, own) => createSubscription(tenant, product, input, { primary, secondary }, own),
    prepare: (change) => withUsagePlanKey(change, usagePlanKeys, pepper),
    write: (_, change, idempotency) => subscriptions.create(change, idempotency),
    answer: (state) => answerOfSubscription(201, state, facts),
    answerRepeat: (state) => answerOfSubscription(200, state, facts),
  };
}

/** Plans a change of a subscription that shows no key. @throws DomainError `not_found` */
export async function planOnSubscription(
  what: SubscriptionOperation,
  before: Subscription,
  dependencies: SubscriptionPlanning,
): Promise<Plan<Subscription>> {
  const facts = await factsFor([before], dependencies);
  const tenant = found(facts.tenants.get(before.tenantId));
  return {
    tenant: () => tenant,
    before,
    decide: (state, own) => decideOnSubscription(what, state, tenant, own),
    write: updating(dependencies.subscriptions),
    answer: (state) => answerOfSubscription(200, state, facts),
  };
}

/** What these are shown with; names are those of now, so that a product that was renamed is found under its name. */
export async function factsFor(
  subscriptions: readonly Subscription[],
  { products, tenants, lastUses }: SubscriptionShowing,
): Promise<SubscriptionFacts> {
  const [ofProducts, ofTenants, uses] = await Promise.all([
    products.named(subscriptions.map(({ productId }) => productId)),
    tenants.named(subscriptions.map(({ tenantId }) => tenantId)),
    lastUses.lastUsed(subscriptions.map(({ subscriptionId }) => subscriptionId)),
  ]);
  return { products: ofProducts, tenants: ofTenants, lastUses: uses };
}

/**
 * Plans a showing or a replacement of keys.
 * @param answered what the subscription remembers of a request whose answer shows them
 * @throws DomainError `not_found`
 */
export async function planSecretOfSubscription(
  what: SubscriptionSecretOperation,
  before: Subscription,
  dependencies: SubscriptionPlanning,
  answered?: Idempotency,
): Promise<Plan<Subscription>> {
  const tenant = found(await dependencies.tenants.get(before.tenantId));
  const steps =
    what.operation === 'revealSubscriptionKeys'
      ? await showing(what.body.slots ?? SLOTS, before, dependencies)
      : await replacing(what.body.slot, before, tenant, dependencies);
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
  facts: SubscriptionFacts,
): Answer {
  return tagged(tagOf(state), { status, body: presentSubscription(state, facts) });
}

/** What is answered to a repeat of what showed keys: the record, and how to go on. */
export function answerRepeatOfSubscription(state: Subscription, facts: SubscriptionFacts): Answer {
  const subscription = presentSubscription(state, facts);
  return tagged(tagOf(state), { status: 200, headers: SHOWN_BEFORE, body: { subscription } });
}

interface Steps {
  readonly decide: (before: Subscription, context: ChangeContext) => Change<Subscription>;
  readonly prepare?: (change: Change<Subscription>) => Promise<Change<Subscription>>;
  readonly answer: (state: Subscription) => Answer;
}

/** Shows keys of slots, and client keys of its APIs, once the showing is on record. */
async function showing(
  slots: readonly Slot[],
  before: Subscription,
  dependencies: SubscriptionPlanning,
): Promise<Steps> {
  const { showableKeys } = dependencies;
  const product = opensApis(before) ? await dependencies.products.get(before.productId) : undefined;
  const apis = await apisWithClientKey(product, dependencies);
  const digests = [...Object.values(before.digests), ...apis.map(({ clientKey }) => clientKey.digest)];
  const pepper = await dependencies.pepper([...new Set(digests.map((digest) => digest.pepper))]);
  const clientKeys = apis
    .filter(({ sealed }) => sealed !== undefined)
    .map(({ apiId, clientKey: { hint } }) => ({ apiId, hint }));
  let own: Readonly<Record<string, string | null>> = {};
  let shown: readonly { readonly apiId: string; readonly clientKey: string | null }[] = [];
  return {
    decide: (state, context) => revealKeys(state, { slots, clientKeys }, context),
    prepare: async (change) => {
      const { subscriptionId: owner, digests: now } = change.state;
      const textOf = async (slot: Slot) => {
        const kept = { digest: now[slot], sealed: change.state[SEALED_IN[slot]] };
        return [`${slot}Key`, (await showableKeys.open({ owner, slot }, kept, pepper)) ?? null] as const;
      };
      const clientKeyOf = async ({ apiId, clientKey: { digest }, sealed }: WithClientKey) => {
        const place = { owner: apiId, slot: 'clientKey' } as const;
        return { apiId, clientKey: (await showableKeys.open(place, { digest, sealed }, pepper)) ?? null };
      };
      own = Object.fromEntries(await Promise.all(slots.map(textOf)));
      shown = await Promise.all(apis.map(clientKeyOf));
      return change;
    },
    answer: () => ({ status: 200, body: { ...own, clientKeys: shown } }),
  };
}

/** Those of a product's APIs whose callers must send a client key. */
async function apisWithClientKey(
  product: Product | undefined,
  { apis }: Pick<SubscriptionPlanning, 'apis'>,
): Promise<readonly WithClientKey[]> {
  const all = await apis.named(product?.apiIds ?? []);
  return all.flatMap(({ apiId, clientKeyRequired, clientKey, sealedClientKey: sealed }) =>
    clientKeyRequired && clientKey ? [{ apiId, clientKey, sealed }] : [],
  );
}

interface WithClientKey {
  readonly apiId: string;
  readonly clientKey: ClientKey;
  readonly sealed: string | undefined;
}

/** Replaces one slot's key: its digest and its sealed text, by one write. */
async function replacing(
  slot: Slot,
  before: Subscription,
  tenant: Tenant,
  dependencies: SubscriptionPlanning,
): Promise<Steps> {
  const key = await newKey(before, slot, await dependencies.pepper(), dependencies);
  return {
    decide: (state, own) => regenerateKey(state, tenant, { slot, key }, own),
    answer: () => ({ status: 200, body: { key: key.text } }),
  };
}

/** A new key for a slot, its text sealed for it. */
function newKey(
  { subscriptionId: owner, environment }: Pick<Subscription, 'subscriptionId' | 'environment'>,
  slot: Slot,
  pepper: Pepper,
  { showableKeys, keyFormat, randomBytes }: SubscriptionPlanning,
): Promise<ShowableKey> {
  const minted = mintShowable('sub', owner, environment, { keyFormat, randomBytes, pepper });
  return showableKeys.keep({ owner, slot }, minted);
}
