import * as z from 'zod';
import { importedUseOf } from '../../domain/imports/imported-key.ts';
import type { LastUse } from '../../domain/keys/last-use.ts';
import type { Product } from '../../domain/products/product.ts';
import {
  hasEnded,
  isFinal,
  planFor,
  SLOTS,
  type Slot,
  SUBSCRIPTION_STATES,
  type Subscription,
} from '../../domain/products/subscription.ts';
import type { Tenant } from '../../domain/tenants/tenant.ts';
import type { OperationSchema } from '../operation.ts';
import { waiting } from './approval-shape.ts';
import {
  apiId,
  cursor,
  environment,
  givenName,
  limit,
  name,
  nameOf,
  noBody,
  pageOf,
  personId,
  productId,
  quota,
  rateLimits,
  remark,
  someOf,
  tenantId,
  tenantPath,
  termsVersion,
  timestamp,
  unique,
} from './fields.ts';
import {
  importAnswer,
  importBody,
  importCounts,
  importedUse,
  isOneOf,
  issuedKey,
  LARGEST_IMPORT_BYTES,
  ONE_OF,
} from './import-schemas.ts';
import { slotBinding } from './rotation-fields.ts';
import { exactText } from './texts.ts';

const MOST_CLIENTS = 50;

const subscriptionId = z
  .string()
  .regex(/^sub_[0-9A-Za-z]{12}$/, 'expected sub_ and 12 base62 characters')
  .meta({ example: 'sub_4fG8jK2lZ6xC' });
const state = z.enum(SUBSCRIPTION_STATES).meta({ example: 'active' });
const oauthClientIds = z
  .array(exactText(200))
  .min(1, 'expected at least one client; null for any')
  .max(MOST_CLIENTS)
  .transform(unique)
  .nullable()
  .meta({ description: 'OAuth clients whose tokens may come with its keys; null for any' });
const use = remark.meta({
  description: 'What it is for; whoever decides on it reads this',
  example: 'The checkout of the web shop',
});
const reason = remark.meta({
  description: 'For the audit log, and for the subscriber to read',
  example: 'Ask for the sandbox product first',
});
const withReason = z.strictObject({ reason: reason.optional() });
const ownLimits = someOf({ rateLimits: rateLimits.optional(), quota: quota.optional() })
  .nullable()
  .meta({
    description:
      'Limits of its own, above or below its product’s plan; what is absent is the plan’s, and null is all of the plan’s. For admins of every tenant',
    examples: [
      { rateLimits: [{ limit: 1200, windowSeconds: 60 }], quota: { limit: 500_000, period: 'month' } },
    ],
  });
const slotName = z.enum(SLOTS);

const slotKey = z.strictObject(issuedKey).refine(isOneOf, ONE_OF);
/** A subscription whose keys were issued elsewhere; a slot without one gets a key that nobody knows. */
export const subscriptionRow = z.strictObject({
  productId,
  name,
  primary: slotKey,
  secondary: slotKey
    .optional()
    .meta({ description: 'Without it the slot works only once its key is regenerated' }),
  oauthClientIds: oauthClientIds.optional(),
});

const slotShape = z.strictObject({
  createdAt: timestamp,
  lastUsedAt: timestamp.nullable(),
  hint: z.string().meta({
    description: 'The key’s last four characters; empty where they are not known',
    example: 'Zq7w',
  }),
  leakedAt: timestamp
    .optional()
    .meta({ description: 'When strangers were first seen to have this key; only where they were' }),
  ended: z.literal(true).optional().meta({
    description: 'Where this key is worth nothing until it is regenerated, because strangers had it',
  }),
});
export const subscriptionShape = z
  .strictObject({
    subscriptionId,
    tenantId,
    tenantName: z.string().meta({ example: 'Acme' }),
    productId,
    productName: z.string().meta({ example: 'Payments' }),
    name: givenName,
    environment,
    state,
    createdAt: timestamp,
    createdBy: personId,
    createdByName: nameOf('who asked for it'),
    use: z.string().nullable(),
    termsVersion: z
      .string()
      .nullable()
      .meta({ description: 'Of the product’s terms, as they were accepted' }),
    decidedAt: timestamp
      .nullable()
      .meta({ description: 'When its state was last decided on; null while it is as it was made' }),
    decidedByName: z.string().nullable().meta({ description: 'The e-mail address of who decided' }),
    reason: z.string().nullable().meta({ description: 'The reason that was given for its state' }),
    withdrawn: z
      .boolean()
      .meta({ description: 'Whether it was cancelled before anybody had decided on it', example: false }),
    limits: z
      .strictObject({ rateLimits, quota })
      .nullable()
      .meta({ description: 'What it may consume in place of its product’s plan; null where the plan holds' }),
    slots: z.strictObject({ primary: slotShape, secondary: slotShape }),
    oauthClientIds: z.array(z.string()).nullable(),
    imported: importedUse
      .nullable()
      .meta({ description: 'What became of keys that were issued elsewhere; null for those made here' }),
    rotation: slotBinding.optional(),
  })
  .meta({ id: 'Subscription' });
const shownKey = z.string().nullable().meta({
  description: 'The whole key; null where only its digest is known',
  example: 'sub_live_4fG8jK2lZ6xC…Zq7w',
});

/** What a subscription is shown with that is not its own. */
export interface SubscriptionFacts {
  readonly products: ReadonlyMap<string, Product>;
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly lastUses: ReadonlyMap<string, LastUse>;
}

/** A subscription as people see it. */
export function presentSubscription(
  subscription: Subscription,
  { products, tenants, lastUses }: SubscriptionFacts,
): z.output<typeof subscriptionShape> {
  const { subscriptionId, tenantId, productId, decided } = subscription;
  const product = products.get(productId);
  const bySecret = lastUses.get(subscriptionId)?.bySecret;
  return {
    subscriptionId,
    tenantId,
    tenantName: tenants.get(tenantId)?.name ?? '',
    productId,
    productName: product?.name ?? '',
    name: subscription.name,
    environment: subscription.environment,
    state: subscription.state,
    createdAt: subscription.createdAt,
    createdBy: subscription.createdBy,
    createdByName: subscription.createdByName ?? null,
    use: subscription.use ?? null,
    termsVersion: subscription.termsVersion ?? null,
    decidedAt: decided?.at ?? null,
    decidedByName: decided?.byName ?? null,
    reason: decided?.reason ?? null,
    withdrawn: decided?.withdrawn ?? false,
    limits: subscription.limits === undefined ? null : presentLimits(subscription, product),
    slots: {
      primary: presentSlot(subscription, 'primary', bySecret?.primary),
      secondary: presentSlot(subscription, 'secondary', bySecret?.secondary),
    },
    oauthClientIds: subscription.oauthClientIds === undefined ? null : [...subscription.oauthClientIds],
    imported: importedUseOf(subscription, isFinal(subscription)) ?? null,
    ...(subscription.rotation && { rotation: subscription.rotation }),
  };
}

/** What holds for it, the plan's part included. */
function presentLimits(subscription: Subscription, product: Product | undefined) {
  const { rateLimits, quota } = planFor(subscription, product?.plan ?? { rateLimits: [] });
  return { rateLimits: [...rateLimits], quota: quota ?? null };
}

/** A use from before the slot's present key was made was of another key. */
function presentSlot(
  subscription: Subscription,
  slot: Slot,
  lastUsedAt: string | undefined,
): z.output<typeof slotShape> {
  const { createdAt, hint, leakedAt } = subscription.slots[slot];
  const used = lastUsedAt !== undefined && lastUsedAt >= createdAt;
  return {
    createdAt,
    lastUsedAt: used ? lastUsedAt : null,
    hint,
    ...(leakedAt !== undefined && { leakedAt }),
    ...(hasEnded(subscription, slot) && { ended: true }),
  };
}

export const subscriptionPath = z.object({ subscriptionId });
const slotPath = subscriptionPath.extend({ slot: slotName });
const changed = { path: subscriptionPath, answers: { 200: subscriptionShape } } as const;
const guarded = { path: subscriptionPath, answers: { 200: subscriptionShape, 202: waiting } } as const;
const shownClientKey = shownKey.meta({ example: 'ck_live_Hq3vB8nX1mZ6…h7Kp' });
/** Keys as they are shown: of the slots that were asked for, and with what its APIs ask for besides. */
export const shownKeys = z.strictObject({
  primaryKey: shownKey.optional(),
  secondaryKey: shownKey.optional(),
  clientKeys: z.array(z.strictObject({ apiId, clientKey: shownClientKey })).meta({
    description:
      'Of the product’s APIs that ask for a client key; none before the subscription has been approved',
  }),
});
/** A slot's new key. */
export const regeneratedKey = z.strictObject({
  key: z.string().meta({ description: 'The whole key', example: 'sub_live_4fG8jK2lZ6xC…Zq7w' }),
});
/** What a repeat of a claim that showed keys is answered. */
export const repeatedSubscription = z.strictObject({ subscription: subscriptionShape }).meta({
  description: 'A repeat: the record, and not the keys; the header Keywright-Notice says how to go on',
});

export const subscriptionSchemas = {
  createSubscription: {
    summary: 'Subscribe a tenant to a product; it waits for approval where the product asks for it',
    body: z.strictObject({
      tenantId,
      productId,
      name,
      use: use.optional(),
      termsVersion: termsVersion.optional().meta({
        description: 'The version of the product’s terms, where it has any: whoever sends it accepts them',
      }),
      oauthClientIds: oauthClientIds.optional(),
    }),
    idempotent: true,
    answers: {
      201: subscriptionShape,
      200: subscriptionShape.meta({ description: 'A repeat: the same subscription' }),
      202: waiting,
    },
  },
  listSubscriptions: {
    summary: 'List the subscriptions of the tenants that you act for, newest first',
    query: z.strictObject({
      tenantId: tenantId.optional(),
      productId: productId.optional(),
      state: state.optional(),
      limit,
      cursor,
    }),
    answers: { 200: pageOf(subscriptionShape) },
  },
  importSubscriptions: {
    summary: 'Bring subscriptions with keys that were issued elsewhere; they are active at once',
    path: tenantPath,
    body: importBody(subscriptionRow),
    acceptsKeys: true,
    rows: 'rows',
    largestBodyBytes: LARGEST_IMPORT_BYTES,
    answers: { 200: importAnswer },
  },
  getSubscriptionImport: {
    summary: 'How many imported subscriptions are still unused',
    path: tenantPath,
    answers: { 200: importCounts },
  },
  getSubscription: { summary: 'Read a subscription', ...changed },
  updateSubscription: {
    summary: 'Rename a subscription, or put it above or below its product’s plan',
    body: z
      .strictObject({ name: name.optional(), limits: ownLimits.optional(), reason: reason.optional() })
      .refine(({ name, limits }) => name !== undefined || limits !== undefined, 'expected name or limits')
      .refine(({ limits, reason }) => limits === undefined || reason !== undefined, {
        path: ['reason'],
        error: 'expected the reason for other limits',
      })
      .meta({ minProperties: 1 }),
    ...guarded,
  },
  approveSubscription: { summary: 'Approve a pending subscription', body: withReason, ...guarded },
  rejectSubscription: { summary: 'Reject a pending subscription for good', body: withReason, ...changed },
  withdrawSubscription: {
    summary: 'Take back your own request while it is pending',
    body: withReason,
    ...changed,
  },
  suspendSubscription: {
    summary: 'Suspend an active subscription; its keys are refused within seconds',
    body: withReason,
    ...changed,
  },
  resumeSubscription: { summary: 'Resume a suspended subscription', body: withReason, ...guarded },
  cancelSubscription: {
    summary: 'End a subscription for good, or take back your own request while it is pending',
    body: withReason,
    ...guarded,
  },
  revealSubscriptionKeys: {
    summary: 'Show a subscription’s keys, and the client keys of its APIs; each showing is audited',
    path: subscriptionPath,
    body: z.strictObject({
      slots: z
        .array(slotName)
        .min(1)
        .transform(unique)
        .optional()
        .meta({ description: 'Which keys; by default both', examples: [['primary']] }),
    }),
    answers: { 200: shownKeys, 202: waiting },
  },
  regenerateSubscriptionKey: {
    summary: 'Replace one of a subscription’s keys; the other keeps working',
    path: slotPath,
    body: noBody,
    answers: { 200: regeneratedKey, 202: waiting },
  },
} as const satisfies Record<string, OperationSchema>;
