import type * as z from 'zod';
import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { newItemId } from '../../core/domain/ground/idempotency.ts';
import { found } from '../../core/domain/ground/not-found.ts';
import { type IssuedKey, importedSecret } from '../../core/domain/imports/imported-key.ts';
import type { Mint } from '../../core/domain/keys/api-key-secret.ts';
import { mintShowable } from '../../core/domain/keys/showable-key.ts';
import { actsFor, type Person } from '../../core/domain/people/person.ts';
import { type Product, requireVisible } from '../../core/domain/products/product.ts';
import type { NewSlotKey, Subscription } from '../../core/domain/products/subscription.ts';
import { createSubscription } from '../../core/domain/products/subscription-lifecycle.ts';
import { requireActive, type Tenant } from '../../core/domain/tenants/tenant.ts';
import { requireNoKeyIn } from '../../core/management/carried-key.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { RowPlan } from '../../core/management/row-claim.ts';
import { importable, importRows, isOverAt, planRows, readRows } from '../../core/management/row-import.ts';
import { presentImport } from '../../core/management/schemas/import-schemas.ts';
import {
  subscriptionRow,
  type subscriptionSchemas,
} from '../../core/management/schemas/subscription-schemas.ts';
import { withUsagePlanKey } from '../../core/management/usage-plan-key.ts';
import type { SubscriptionDependencies } from './dependencies.ts';

/**
 * Makes subscriptions whose keys were issued elsewhere. Their texts are not kept, so they can't be shown: who
 * calls with them has them. A slot without one gets a key that nobody knows, until it is regenerated.
 */
export async function importSubscriptions(
  request: OperationRequest<typeof subscriptionSchemas.importSubscriptions>,
  { subscriptions, tenants, aliases, products, usagePlanKeys, ...dependencies }: SubscriptionDependencies,
): Promise<Answer> {
  const { context, person } = request;
  const { tenantId } = request.path;
  const { keyFormat, randomBytes, now, logger } = dependencies;
  const tenant = found(await tenants.get(tenantId));
  requireActive(tenant);
  const pepper = await dependencies.pepper();
  const mint = { keyFormat, randomBytes, pepper };
  const onFailure = (row: number, error: unknown) =>
    logger?.error('row not imported', { requestId: context.requestId, row, error: error as Error });
  const newId = () => newItemId(undefined, randomBytes);
  const read = readRows(request.body.rows, subscriptionRow);
  const productOf = await readProducts(
    products,
    read.good.map(({ input }) => input.productId),
  );
  const plan = planner(tenant, productOf, mint, person, context);
  const planned = planRows(read.good, plan, { newId, onFailure });
  const done = await importRows(
    planned.good.map(({ plan }) => plan),
    {
      tenantId,
      aliases,
      pepper,
      publicId: (id) => `sub_${id}`,
      insert: async (change) =>
        subscriptions.create(await withUsagePlanKey(change, usagePlanKeys, pepper), undefined),
      isOver: isOverAt(context.now, now),
      seesTenant: (id) => actsFor(person, id),
      onFailure,
    },
  );
  return { status: 200, body: presentImport([...read.bad, ...planned.bad, ...done]) };
}

/** What a row's subscription is to be, and becomes under an id. */
function planner(
  tenant: Tenant,
  productOf: ReadonlyMap<string, Product>,
  mint: Mint,
  person: Person,
  context: ChangeContext,
): (row: number, input: z.output<typeof subscriptionRow>) => RowPlan<Subscription> {
  const { keyFormat, pepper, randomBytes } = mint;
  const isOperators = person.tenants === '*';
  const given = { keyFormat, pepper, takesDigests: isOperators };
  const sees = isOperators ? '*' : [tenant.tenantId];
  return (row, { primary, secondary, ...input }) => {
    const own = [primary.key, secondary?.key];
    requireNoKeyIn(
      input,
      keyFormat,
      own.flatMap((key) => key ?? []),
    );
    const product = requireVisible(productOf.get(input.productId), sees);
    const first = slotKey('primary', primary, given);
    const second = secondary && slotKey('secondary', secondary, given);
    const asked = { ...context, eventId: eventId(context.now, randomBytes) };
    return {
      row,
      productId: product.productId,
      fingerprints: [first, second].flatMap((key) => (key ? [key] : [])),
      create: (id) => {
        const subscriptionId = `sub_${id}`;
        const nobodys = { ...mintShowable('sub', subscriptionId, product.environment, mint), hint: '' };
        const keys = { primary: first.key, secondary: second?.key ?? nobodys };
        const change = createSubscription(tenant, product, { ...input, subscriptionId }, keys, asked);
        return importable(tenant, change);
      },
    };
  };
}

/** Those products of 10,000 rows that there are, by their ids, a few at a time. */
async function readProducts(
  products: SubscriptionDependencies['products'],
  productIds: readonly string[],
): Promise<ReadonlyMap<string, Product>> {
  const waiting = new Set(productIds).values();
  const found = new Map<string, Product>();
  const work = async () => {
    for (const id of waiting) {
      const product = await products.get(id);
      if (product !== undefined) found.set(id, product);
    }
  };
  await Promise.all(Array.from({ length: PRODUCTS_AT_ONCE }, work));
  return found;
}

const PRODUCTS_AT_ONCE = 50;

/** @throws DomainError `invalid_request` that names the slot */
function slotKey(
  param: 'primary' | 'secondary',
  issued: IssuedKey,
  mint: Parameters<typeof importedSecret>[1],
): { param: string; fingerprint: string; key: NewSlotKey } {
  const { fingerprint, ...key } = importedSecret(issued, mint, param);
  return { param, fingerprint, key };
}
