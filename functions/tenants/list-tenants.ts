import { decodeCursor, encodeCursor } from '../../core/management/cursor.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { presentTenant, type tenantSchemas } from '../../core/management/schemas/tenant-schemas.ts';
import type { TenantDependencies } from './dependencies.ts';

const LIST = 'tenants';

/** The tenants that a person acts for, newest first. */
export async function listTenants(
  { person, query }: OperationRequest<typeof tenantSchemas.listTenants>,
  { tenants }: TenantDependencies,
): Promise<Answer> {
  const before = decodeCursor(LIST, query.cursor);
  const page = await tenants.list(person.tenants, { limit: query.limit, before });
  return {
    status: 200,
    body: { items: page.items.map(presentTenant), nextCursor: encodeCursor(LIST, page.next) },
  };
}
