import { inGroups } from '../../core/aws/in-groups.ts';
import { found } from '../../core/domain/ground/not-found.ts';
import { type ApiKey, statusOf } from '../../core/domain/keys/api-key.ts';
import { requireRole } from '../../core/domain/keys/api-key-lifecycle.ts';
import { narrow } from '../../core/domain/tenants/permission.ts';
import { roleOf, type Tenant } from '../../core/domain/tenants/tenant.ts';
import { dryRun, type KeyRules } from '../../core/domain/usage/dry-run.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { dryRunSchemas } from '../../core/management/schemas/dry-run-schemas.ts';
import type { UsageDependencies } from './dependencies.ts';
import { READ_AT_ONCE, weekUntil } from './week.ts';

/** Keys of a role that are looked at; of each eight items are read. */
const MOST_KEYS = 100;
const MOST_APIS = 100;

/** What a key would have been refused of its last seven days, were it changed so. Changes nothing. */
export async function tryKey(
  { path, body, context }: OperationRequest<typeof dryRunSchemas.tryKey>,
  dependencies: UsageDependencies,
): Promise<Answer> {
  const { keys, tenants } = dependencies;
  const [key, tenant] = await Promise.all([keys.get(path.tenantId, path.keyId), tenants.get(path.tenantId)]);
  const { role, permissions, allowedCidrs } = body;
  if (role !== undefined) requireRole(found(tenant), role);
  const after = (one: ApiKey): ApiKey => {
    const { permissions: own, ...rest } = one;
    const narrowed = permissions === undefined ? own : (permissions ?? undefined);
    return {
      ...rest,
      ...(role !== undefined && { role }),
      ...(allowedCidrs && { allowedCidrs }),
      ...(narrowed && { permissions: narrowed }),
    };
  };
  const change = (one: ApiKey) => rulesOf(after(one), found(tenant));
  return answer([found(key)], found(tenant), change, true, context.now, dependencies);
}

/** What keys of a role would have been refused of their last seven days, had the role these permissions. */
export async function tryRole(
  { path, body, context }: OperationRequest<typeof dryRunSchemas.tryRole>,
  dependencies: UsageDependencies,
): Promise<Answer> {
  const { keys, lastUses, tenants } = dependencies;
  const tenant = found(await tenants.get(path.tenantId));
  const { items, next } = await keys.list(path.tenantId, lastUses, {
    limit: MOST_KEYS,
    before: undefined,
    matches: ({ key }) => key.role === path.role && statusOf(key, context.now) === 'active',
  });
  const change = (key: ApiKey) => ({
    permissions: narrow(body.permissions, key.permissions),
    allowedCidrs: key.allowedCidrs,
  });
  const tried = items.map(({ key }) => key);
  return answer(tried, tenant, change, next === null, context.now, dependencies);
}

function rulesOf({ role, permissions, allowedCidrs }: ApiKey, tenant: Tenant): KeyRules {
  return { permissions: narrow(roleOf(tenant, role)?.permissions ?? [], permissions), allowedCidrs };
}

async function answer(
  keys: readonly ApiKey[],
  tenant: Tenant,
  change: (key: ApiKey) => KeyRules,
  isAll: boolean,
  now: Date,
  { usage, apis }: UsageDependencies,
): Promise<Answer> {
  const { first, last, from, to } = weekUntil(now);
  const { items } = await apis.list({ limit: MOST_APIS, before: undefined });
  const tried = await inGroups(keys, READ_AT_ONCE, async (key) => {
    const { keyId, type, environment } = key;
    const counts = await usage.counts({ kind: 'credential', keyId }, first, last);
    const uses = counts.map(({ count }) => count.uses);
    return { keyId, type, environment, before: rulesOf(key, tenant), after: change(key), uses };
  });
  const environments = new Map(tried.map(({ keyId, environment }) => [keyId, environment]));
  const run = dryRun(tried, ({ keyId }, apiId) => {
    const meant = items.filter(
      (api) => api.environment === environments.get(keyId) && api.scheme === 'tenant',
    );
    const named = meant.filter((api) => api.apiId === apiId);
    return (named.length > 0 ? named : meant).map(({ routes }) => routes);
  });
  return { status: 200, body: { from, to, keysLookedAt: keys.length, isAll, ...run } };
}
