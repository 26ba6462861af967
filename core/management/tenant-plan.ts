import { decideOnTenant } from '../domain/approvals/approvable.ts';
import type { TenantOperation } from '../domain/approvals/approval.ts';
import { type EntityTag, tagOf, tagOfContent } from '../domain/ground/entity-tag.ts';
import { found, notFound } from '../domain/ground/not-found.ts';
import { mayBeHeld, roleOf, type Tenant, type TenantRole } from '../domain/tenants/tenant.ts';
import type { Part } from '../store/conflict.ts';
import type { KeyStore } from '../store/key-store.ts';
import { lastChangeOfPart } from '../store/last-change.ts';
import type { TenantStore } from '../store/tenant-store.ts';
import { type Answer, tagged } from './operation.ts';
import { type Plan, updating } from './plan.ts';
import { presentRole, presentTenant } from './schemas/tenant-schemas.ts';

/** What planning an operation on tenants needs. */
export interface TenantPlanning {
  readonly tenants: TenantStore;
  readonly keys: Pick<KeyStore, 'holdersOf'>;
  readonly now: () => Date;
}

/** Plans an operation on a tenant or one of its roles. @throws DomainError `not_found` */
export async function planOnTenant(
  what: TenantOperation,
  tenantId: string,
  { tenants, keys, now }: TenantPlanning,
): Promise<Plan<Tenant>> {
  const before = found(await tenants.get(tenantId));
  const holders =
    what.operation === 'putRole' && mayBeHeld(before, what.role)
      ? await keys.holdersOf(tenantId, what.role, now())
      : undefined;
  const part = partOf(what);
  return {
    tenant: (tenant) => tenant,
    ...(part && { part }),
    before,
    decide: (tenant, own) => decideOnTenant(what, tenant, own, holders),
    write: updating(tenants),
    answer: (tenant) => answerOf(what, tenant),
  };
}

function answerOf(what: TenantOperation, tenant: Tenant): Answer {
  switch (what.operation) {
    case 'updateTenant':
      return answerOfTenant(200, tenant);
    case 'putRole':
      return answerOfRole(what.role, found(roleOf(tenant, what.role)));
    case 'deleteRole':
      return { status: 204 };
  }
}

/** One tenant, as an answer. */
export function answerOfTenant(status: 200 | 201, tenant: Tenant): Answer {
  return tagged(tagOf(tenant), { status, body: presentTenant(tenant) });
}

/** One role, as an answer. */
export function answerOfRole(name: string, role: TenantRole): Answer {
  return tagged(tagOfRole(role), { status: 200, body: presentRole(name, role) });
}

/** Roles are people's to change one by one, so another's change leaves this one's tag as it is. */
function tagOfRole({ permissions, description }: TenantRole): EntityTag {
  return tagOfContent({ permissions, description });
}

function partOf(what: TenantOperation): Part<Tenant> | undefined {
  if (what.operation === 'updateTenant') return undefined;
  const { operation, role: name } = what;
  return {
    tagOf: (tenant) => {
      const role = roleOf(tenant, name);
      // Nothing to delete is 404, whatever was expected of it (RFC 9110, 13.2.1).
      if (role === undefined && operation === 'deleteRole') throw notFound();
      return role && tagOfRole(role);
    },
    lastChangeOf: (tenant) => lastChangeOfPart(tenant, name),
  };
}
