import { useParams } from 'react-router';

const PLACE = 'keywright.tenant';

/** What a page of the admins looks at: one tenant, or all that the person acts for. */
export interface Scope {
  readonly tenantId: string | undefined;
  /** What addresses of its pages begin with. */
  readonly base: string;
}

export function useScope(): Scope {
  const { tenantId } = useParams();
  return { tenantId, base: baseOf(tenantId) };
}

/** The tenant of a page that only a tenant has. */
export function useTenantId(): string {
  const { tenantId } = useParams();
  if (tenantId === undefined) throw new Error('This page belongs below a tenant');
  return tenantId;
}

export function baseOf(tenantId: string | undefined): string {
  return tenantId === undefined ? '/admin/all' : `/admin/tenants/${encodeURIComponent(tenantId)}`;
}

/** The tenant that the person looked at last, to begin with it the next time. */
export function lastTenant(): string | undefined {
  return localStorage.getItem(PLACE) ?? undefined;
}

export function keepTenant(tenantId: string): void {
  localStorage.setItem(PLACE, tenantId);
}
