import { found } from '../../core/domain/ground/not-found.ts';
import { isInOverlap, statusOf } from '../../core/domain/keys/api-key.ts';
import { brokenRules } from '../../core/domain/keys/key-rules.ts';
import { decodeCursor, encodeCursor } from '../../core/management/cursor.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { keySchemas } from '../../core/management/schemas/key-schemas.ts';
import { keyUseOf, presentKey } from '../../core/management/schemas/key-shape.ts';
import type { TenantsKey } from '../../core/store/key-lists.ts';
import type { UsedKey } from '../../core/store/key-store.ts';
import type { KeyDependencies } from './dependencies.ts';

type Request = OperationRequest<typeof keySchemas.listKeys>;

const DAY_MILLISECONDS = 86_400_000;

/** A tenant's keys, newest first, as far as they pass the filters. */
export async function listKeys(
  request: Request,
  { keys, tenants, lastUses }: KeyDependencies,
): Promise<Answer> {
  const { tenantId } = request.path;
  const { limit, cursor } = request.query;
  const { now } = request.context;
  const list = `keys ${tenantId}`;
  const before = decodeCursor(list, cursor);
  const tenant = found(await tenants.get(tenantId));
  const matches = (used: UsedKey) => passes({ ...used, tenant }, request.query, now);
  const page = await keys.list(tenantId, lastUses, { limit, before, matches });
  return {
    status: 200,
    body: {
      items: page.items.map(({ key, lastUse }) => presentKey(key, now, lastUse, tenant)),
      nextCursor: encodeCursor(list, page.next),
    },
  };
}

type Filter = Partial<Pick<Request['query'], 'status' | 'environment' | 'type' | 'imported' | 'role'>> & {
  readonly unusedSinceDays?: number | undefined;
  readonly expiresBefore?: string | undefined;
  readonly outOfPolicy?: boolean | undefined;
  readonly inOverlap?: boolean | undefined;
};

/** Whether a key is among those that a list is asked for. */
export function passes({ key, lastUse, tenant }: TenantsKey, filter: Filter, now: Date): boolean {
  return (
    (filter.status === undefined || statusOf(key, now) === filter.status) &&
    (filter.environment === undefined || key.environment === filter.environment) &&
    (filter.type === undefined || key.type === filter.type) &&
    (filter.imported === undefined || keyUseOf(key, now) === filter.imported) &&
    (filter.role === undefined || key.role === filter.role) &&
    (filter.outOfPolicy === undefined || brokenRules(key, tenant, now).length > 0 === filter.outOfPolicy) &&
    (filter.inOverlap === undefined || isInOverlap(key, now) === filter.inOverlap) &&
    (filter.expiresBefore === undefined ||
      (key.expiresAt !== undefined && key.expiresAt < filter.expiresBefore)) &&
    (filter.unusedSinceDays === undefined ||
      Date.parse(lastUse?.at ?? key.createdAt) <= now.getTime() - filter.unusedSinceDays * DAY_MILLISECONDS)
  );
}
