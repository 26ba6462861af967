import { inGroups } from '../../core/aws/in-groups.ts';
import { found } from '../../core/domain/ground/not-found.ts';
import { statusOf } from '../../core/domain/keys/api-key.ts';
import { KEY_TYPES, type KeyType } from '../../core/domain/products/credential.ts';
import type { ProtectedApi } from '../../core/domain/products/protected-api.ts';
import { narrow } from '../../core/domain/tenants/permission.ts';
import { roleOf } from '../../core/domain/tenants/tenant.ts';
import type { UsageCount } from '../../core/domain/usage/access-record.ts';
import { dryRunOfRoutes } from '../../core/domain/usage/route-dry-run.ts';
import { OTHER } from '../../core/domain/usage/usage-tally.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { dryRunSchemas } from '../../core/management/schemas/dry-run-schemas.ts';
import type { UsageDependencies } from './dependencies.ts';
import { READ_AT_ONCE, type Week, weekUntil } from './week.ts';

/** Tenants that are asked whether they called the API: of each some sixteen items are read. */
const MOST_TENANTS = 100;
/** Callers that are looked at, of each eight items; the most frequent ones. */
const MOST_CALLERS = 100;
const EVERYTHING = ['*:*'];

/** What callers of an API would have been refused of the last seven days, had it this route table. Changes nothing. */
export async function tryApi(
  { path, body, context }: OperationRequest<typeof dryRunSchemas.tryApi>,
  dependencies: UsageDependencies,
): Promise<Answer> {
  const api = found(await dependencies.apis.get(path.apiId));
  const week = weekUntil(context.now);
  const { named, isAll } = await callersOf(api, week, dependencies);
  const tried = await inGroups(named, READ_AT_ONCE, async (caller) => {
    const [permissions, counts] = await Promise.all([
      permissionsOf(caller, api.apiId, context.now, dependencies),
      dependencies.usage.counts({ kind: 'credential', keyId: caller.keyId }, week.first, week.last),
    ]);
    const uses = counts.map(({ count }) => count.uses);
    return permissions ? [{ ...caller, permissions, uses }] : [];
  });
  const callers = tried.flat();
  const { keys, ...run } = dryRunOfRoutes(callers, {
    apiId: api.apiId,
    before: api.routes,
    after: body.routes,
  });
  const tenantOf = new Map(callers.map(({ keyId, tenantId }) => [keyId, tenantId]));
  return {
    status: 200,
    body: {
      ...{ from: week.from, to: week.to, keysLookedAt: callers.length, isAll, ...run },
      keys: keys.map((key) => ({ tenantId: tenantOf.get(key.keyId) ?? '', ...key })),
    },
  };
}

interface Named {
  readonly keyId: string;
  readonly keyType: KeyType;
  readonly tenantId: string;
}

/** Keys and subscriptions of tenants that called the API, or may have: the most frequent ones. */
async function callersOf(
  { apiId, environment, scheme }: ProtectedApi,
  { first, last }: Week,
  { tenants, usage }: UsageDependencies,
): Promise<{ named: Named[]; isAll: boolean }> {
  const { items, next } = await tenants.list('*', { limit: MOST_TENANTS, before: undefined });
  const keyTypes = KEY_TYPES.filter((type) => (type === 'subscription') === (scheme === 'subscription'));
  const active = items.filter(({ status }) => status === 'active');
  const sources = active.flatMap(({ tenantId }) => keyTypes.map((keyType) => ({ tenantId, keyType })));
  const counted = await inGroups(sources, READ_AT_ONCE, async ({ tenantId, keyType }) => {
    const counts = await usage.counts({ kind: 'tenant', tenantId, environment, keyType }, first, last);
    return counts
      .filter(({ count }) => mayHaveCalled(count, apiId))
      .flatMap(({ count }) =>
        Object.entries(count.keys).map(([keyId, calls]) => ({ keyId, keyType, tenantId, calls })),
      );
  });
  const byKey = new Map<string, Named & { calls: number }>();
  for (const one of counted.flat())
    byKey.set(one.keyId, { ...one, calls: one.calls + (byKey.get(one.keyId)?.calls ?? 0) });
  const isNamed = !byKey.delete(OTHER);
  const named = [...byKey.values()].sort((a, b) => b.calls - a.calls).slice(0, MOST_CALLERS);
  return { named, isAll: next === null && isNamed && byKey.size <= MOST_CALLERS };
}

/** Counts whose lines did not all name their API may have been of this one. */
function mayHaveCalled({ apis, requests }: UsageCount, apiId: string): boolean {
  const withName = Object.entries(apis).reduce(
    (sum, [name, calls]) => (name === OTHER ? sum : sum + calls),
    0,
  );
  return apis[apiId] !== undefined || withName < requests;
}

/** What a caller may do as things are; undefined for one that may call the API no more. */
async function permissionsOf(
  { tenantId, keyId, keyType }: Named,
  apiId: string,
  now: Date,
  { keys, subscriptions, products, tenants }: UsageDependencies,
): Promise<readonly string[] | undefined> {
  if (keyType === 'subscription') {
    const subscription = await subscriptions.get(keyId);
    if (subscription?.state !== 'active') return undefined;
    const product = await products.get(subscription.productId);
    return product?.apiIds.includes(apiId) ? EVERYTHING : undefined;
  }
  const [key, tenant] = await Promise.all([keys.get(tenantId, keyId), tenants.get(tenantId)]);
  if (key === undefined || tenant === undefined || statusOf(key, now) !== 'active') return undefined;
  return narrow(roleOf(tenant, key.role)?.permissions ?? [], key.permissions);
}
