import * as z from 'zod';
import { importedUseOf } from '../../domain/imports/imported-key.ts';
import type { LastUse } from '../../domain/keys/last-use.ts';
import {
  isFinal,
  SLOTS,
  SUBSCRIPTION_STATES,
  type Subscription,
  type SubscriptionSlot,
} from '../../domain/products/subscription.ts';
import type { OperationSchema } from '../operation.ts';
import { waiting } from './approval-shape.ts';
import {
  cursor,
  limit,
  name,
  noBody,
  pageOf,
  productId,
  remark,
  tenantId,
  tenantPath,
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
import { exactText } from './texts.ts';

const MOST_CLIENTS = 50;

const subscriptionId = z.string().regex(/^sub_[0-9A-Za-z]{12}$/, 'expected sub_ and 12 base62 characters');
const state = z.enum(SUBSCRIPTION_STATES);
const oauthClientIds = z
  .array(exactText(200))
  .min(1, 'expected at least one client; null for any')
  .max(MOST_CLIENTS)
  .transform(unique)
  .nullable()
  .meta({ description: 'OAuth clients whose tokens may come with its keys; null for any' });
const reason = z.strictObject({
  reason: remark.optional().meta({ description: 'For the audit log' }),
});

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
  hint: z.string().meta({ description: 'The key’s last four characters; empty where they are not known' }),
});
const subscriptionShape = z
  .strictObject({
    subscriptionId,
    tenantId,
    productId,
    name: z.string(),
    state,
    createdAt: timestamp,
    createdBy: z.string(),
    slots: z.strictObject({ primary: slotShape, secondary: slotShape }),
    oauthClientIds: z.array(z.string()).nullable(),
    imported: importedUse
      .nullable()
      .meta({ description: 'What became of keys that were issued elsewhere; null for those made here' }),
  })
  .meta({ id: 'Subscription' });
const shownKey = z
  .string()
  .nullable()
  .meta({ description: 'The whole key; null where only its digest is known' });

/** A subscription as people see it. */
export function presentSubscription(
  subscription: Omit<Subscription, 'revision'>,
  lastUse: LastUse | undefined,
): z.output<typeof subscriptionShape> {
  const { primary, secondary } = subscription.slots;
  return {
    subscriptionId: subscription.subscriptionId,
    tenantId: subscription.tenantId,
    productId: subscription.productId,
    name: subscription.name,
    state: subscription.state,
    createdAt: subscription.createdAt,
    createdBy: subscription.createdBy,
    slots: {
      primary: presentSlot(primary, lastUse?.bySecret.primary),
      secondary: presentSlot(secondary, lastUse?.bySecret.secondary),
    },
    oauthClientIds: subscription.oauthClientIds === undefined ? null : [...subscription.oauthClientIds],
    imported: importedUseOf(subscription, isFinal(subscription)) ?? null,
  };
}

/** A use from before the slot's present key was made was of another key. */
function presentSlot(
  { createdAt, hint }: SubscriptionSlot,
  lastUsedAt: string | undefined,
): z.output<typeof slotShape> {
  const used = lastUsedAt !== undefined && lastUsedAt >= createdAt;
  return { createdAt, lastUsedAt: used ? lastUsedAt : null, hint };
}

const subscriptionPath = z.object({ subscriptionId });
const slotPath = subscriptionPath.extend({ slot: z.enum(SLOTS) });
const changed = { path: subscriptionPath, answers: { 200: subscriptionShape } } as const;
const guarded = { path: subscriptionPath, answers: { 200: subscriptionShape, 202: waiting } } as const;
/** Both keys as they are shown. */
export const shownKeys = z.strictObject({ primaryKey: shownKey, secondaryKey: shownKey });
/** A slot's new key. */
export const regeneratedKey = z.strictObject({ key: z.string().meta({ description: 'The whole key' }) });
/** What a repeat of a claim that showed keys is answered. */
export const repeatedSubscription = z.strictObject({ subscription: subscriptionShape }).meta({
  description: 'A repeat: the record, and not the keys; the header Keywright-Notice says how to go on',
});

export const subscriptionSchemas = {
  createSubscription: {
    summary: 'Subscribe a tenant to a product; it waits for approval where the product asks for it',
    body: z.strictObject({ tenantId, productId, name, oauthClientIds: oauthClientIds.optional() }),
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
  approveSubscription: { summary: 'Approve a pending subscription', body: noBody, ...guarded },
  rejectSubscription: { summary: 'Reject a pending subscription for good', body: reason, ...changed },
  suspendSubscription: {
    summary: 'Suspend an active subscription; its keys are refused within seconds',
    body: reason,
    ...changed,
  },
  resumeSubscription: { summary: 'Resume a suspended subscription', body: noBody, ...guarded },
  cancelSubscription: {
    summary: 'End a subscription for good, or take back your own request while it is pending',
    body: reason,
    ...guarded,
  },
  revealSubscriptionKeys: {
    summary: 'Show a subscription’s keys; each showing is audited',
    path: subscriptionPath,
    body: noBody,
    answers: { 200: shownKeys, 202: waiting },
  },
  regenerateSubscriptionKey: {
    summary: 'Replace one of a subscription’s keys; the other keeps working',
    path: slotPath,
    body: noBody,
    answers: { 200: regeneratedKey, 202: waiting },
  },
} as const satisfies Record<string, OperationSchema>;
