import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { found } from '../../core/domain/ground/not-found.ts';
import type { Admitted } from '../../core/domain/people/person.ts';
import { requireRoleName, roleOf } from '../../core/domain/tenants/tenant.ts';
import { type Operations, operation } from '../../core/management/operation.ts';
import { presentRole, tenantSchemas } from '../../core/management/schemas/tenant-schemas.ts';
import { answerOfRole, answerOfTenant } from '../../core/management/tenant-plan.ts';
import { pageAsked } from '../../core/management/whole-list.ts';
import { changeTenant } from './change-tenant.ts';
import { createTenant } from './create-tenant.ts';
import type { TenantDependencies } from './dependencies.ts';
import { listTenants } from './list-tenants.ts';

export const tenantOperations: Operations<'tenants', TenantDependencies> = {
  createTenant: operation(tenantSchemas.createTenant, createTenant),
  listTenants: operation(tenantSchemas.listTenants, listTenants),
  getTenant: operation(tenantSchemas.getTenant, async ({ path }, { tenants }: TenantDependencies) =>
    answerOfTenant(200, found(await tenants.get(path.tenantId))),
  ),
  updateTenant: operation(tenantSchemas.updateTenant, (request, dependencies: TenantDependencies) => {
    if (request.body.sandboxOnly !== undefined) requireOperator(request.person);
    return changeTenant({ operation: 'updateTenant', body: request.body }, request, dependencies);
  }),
  listRoles: operation(tenantSchemas.listRoles, async ({ path, query }, { tenants }: TenantDependencies) => {
    const page = pageAsked(`roles of ${path.tenantId}`, query);
    const { roles } = found(await tenants.get(path.tenantId));
    const items = Object.entries(roles).map(([name, role]) => presentRole(name, role));
    return { status: 200, body: page(items, { placeOf: ({ role }) => role }) };
  }),
  getRole: operation(tenantSchemas.getRole, async ({ path }, { tenants }: TenantDependencies) => {
    const tenant = found(await tenants.get(path.tenantId));
    return answerOfRole(path.role, found(roleOf(tenant, path.role)));
  }),
  putRole: operation(tenantSchemas.putRole, async (request, dependencies: TenantDependencies) => {
    const { role } = request.path;
    requireRoleName(role);
    return changeTenant({ operation: 'putRole', role, body: request.body }, request, dependencies);
  }),
  deleteRole: operation(tenantSchemas.deleteRole, (request, dependencies: TenantDependencies) => {
    const { role } = request.path;
    return changeTenant({ operation: 'deleteRole', role, body: {} }, request, dependencies);
  }),
};

/** Whoever runs this knows whom they let go live; a tenant's own admin, who may have signed up, does not say that. */
function requireOperator({ tenants }: Admitted): void {
  if (tenants === '*') return;
  throw new DomainError(
    'forbidden',
    'Only who acts for every tenant lets one go live: ask whoever runs this',
    {
      param: 'sandboxOnly',
    },
  );
}
