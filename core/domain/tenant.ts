/** A tenant's named set of permissions. */
export interface TenantRole {
  readonly permissions: readonly string[];
  readonly description: string;
}

/** A tenant as it is stored: one item, its roles inside, so that a role change is one write. */
export interface Tenant {
  /** `tenant_` + 3 to 40 of a-z 0-9 _. */
  readonly tenantId: string;
  readonly name: string;
  readonly status: 'active' | 'suspended';
  readonly settings: { readonly requireApproval: boolean; readonly leakResponse: 'revoke' | 'notify' };
  readonly roles: Readonly<Record<string, TenantRole>>;
  readonly createdAt: string;
  readonly revision: number;
}

export const TENANT_ID = /^tenant_[a-z0-9_]{3,40}$/;
