import { type ApiKey, statusOf } from '../../core/domain/api-key.ts';
import { found } from '../../core/domain/not-found.ts';
import { decodeCursor, encodeCursor } from '../../core/http/cursor.ts';
import type { Answer, OperationRequest } from '../../core/http/operation.ts';
import { type keySchemas, presentKey } from '../../core/http/schemas/key-schemas.ts';
import type { KeyDependencies } from './dependencies.ts';

type Request = OperationRequest<typeof keySchemas.listKeys>;

const DAY_MILLISECONDS = 86_400_000;

/** A tenant's keys, newest first, as far as they pass the filters. */
export async function listKeys(request: Request, { keys, tenants }: KeyDependencies): Promise<Answer> {
  const { tenantId } = request.path;
  const { limit, cursor } = request.query;
  const { now } = request.occasion;
  const list = `keys ${tenantId}`;
  const before = decodeCursor(list, cursor);
  found(await tenants.get(tenantId));
  const matches = (key: ApiKey) => passes(key, request.query, now);
  const page = await keys.list(tenantId, { limit, before, matches });
  return {
    status: 200,
    body: {
      items: page.items.map((key) => presentKey(key, now)),
      nextCursor: encodeCursor(list, page.next),
    },
  };
}

function passes(key: ApiKey, filter: Request['query'], now: Date): boolean {
  return (
    (filter.status === undefined || statusOf(key, now) === filter.status) &&
    (filter.environment === undefined || key.environment === filter.environment) &&
    (filter.type === undefined || key.type === filter.type) &&
    (filter.role === undefined || key.role === filter.role) &&
    (filter.unusedSinceDays === undefined ||
      Date.parse(key.lastUsedAt ?? key.createdAt) <=
        now.getTime() - filter.unusedSinceDays * DAY_MILLISECONDS)
  );
}
