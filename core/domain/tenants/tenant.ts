import { auditEvent, type Change, type ChangeContext, changedFields } from '../audit/audit-event.ts';
import { DomainError } from '../ground/domain-error.ts';
import { notFound } from '../ground/not-found.ts';
import { type KeyPolicies, type KeyPoliciesUpdate, mergePolicies } from './key-policy.ts';

/** A tenant's named set of permissions. */
export interface TenantRole {
  readonly permissions: readonly string[];
  readonly description: string;
}

export interface TenantSettings {
  readonly requireApproval: boolean;
  readonly leakResponse: 'revoke' | 'notify';
  /** Absent where keys are free. */
  readonly keyPolicies?: KeyPolicies;
}

/** A tenant as it is stored: one item, its roles inside, so that a role change is one write. */
export interface Tenant {
  /** `tenant_` + 3 to 40 of a-z 0-9 _. */
  readonly tenantId: string;
  readonly name: string;
  readonly status: 'active' | 'suspended';
  readonly settings: TenantSettings;
  /** That it has nothing live until an operator lets it: whoever signed up got it without being asked who that is. */
  readonly sandboxOnly?: true;
  /** That whoever runs this suspended it, so that its own admins don't resume it; only of a suspended one. */
  readonly suspendedByOperator?: true;
  readonly roles: Readonly<Record<string, TenantRole>>;
  /** Names of roles that were taken away, which keys may still have; absent where they are not all known. */
  readonly formerRoles?: readonly string[];
  readonly createdAt: string;
  /** Approvals carried out on it, each with when its time is over: until then a repeat finds it done. */
  readonly approvalsUsed?: Readonly<Record<string, string>>;
  readonly revision: number;
}

export const TENANT_ID = /^tenant_[a-z0-9_]{3,40}$/;
export const ROLE_NAME = /^[a-z][a-z0-9-_]{0,39}$/;
const MOST_ROLES = 50;
/** Of more names than this the tenant's item keeps none, and keys are asked instead. */
const MOST_FORMER_ROLES = 100;

const FIRST_SETTINGS: TenantSettings = { requireApproval: false, leakResponse: 'revoke' };
const FIRST_ROLES: Tenant['roles'] = {
  reader: { permissions: ['*:read'], description: 'Reads everything' },
  writer: { permissions: ['*:*'], description: 'Reads and writes everything' },
};

/** What a role is to be. `wakesKeys`: that keys which still have its name are meant to get it, too. */
export interface RoleInput extends TenantRole {
  readonly wakesKeys?: boolean | undefined;
}

/** How many keys have a role's name; `isAll` when no more of them can. */
export interface RoleHolders {
  readonly count: number;
  readonly isAll: boolean;
}

const NO_HOLDERS: RoleHolders = { count: 0, isAll: true };
const UNKNOWN_HOLDERS: RoleHolders = { count: 0, isAll: false };

type SettingsUpdate = {
  readonly [name in Exclude<keyof TenantSettings, 'keyPolicies'>]?: TenantSettings[name] | undefined;
} & { readonly keyPolicies?: KeyPoliciesUpdate | undefined };

export interface NewTenant {
  readonly tenantId: string;
  readonly name: string;
  readonly settings?: SettingsUpdate | undefined;
  readonly sandboxOnly?: true;
}

export interface TenantUpdate {
  readonly name?: string | undefined;
  readonly status?: Tenant['status'] | undefined;
  readonly settings?: SettingsUpdate | undefined;
  /** Lets it go live. There is no way back: what would become of the keys that it has by then? */
  readonly sandboxOnly?: false | undefined;
}

/** A new active tenant with the roles `reader` and `writer`. */
export function createTenant(input: NewTenant, context: ChangeContext): Change<Tenant> {
  const state: Tenant = {
    tenantId: input.tenantId,
    name: input.name,
    status: 'active',
    settings: merge(FIRST_SETTINGS, input.settings),
    ...(input.sandboxOnly && { sandboxOnly: true }),
    roles: FIRST_ROLES,
    formerRoles: [],
    createdAt: context.now.toISOString(),
    revision: 1,
  };
  const { name, settings, sandboxOnly } = state;
  const data = { name, settings, ...(sandboxOnly && { sandboxOnly }) };
  return { state, event: tenantEvent('tenant.created', state, data, context) };
}

/**
 * Renames, suspends, resumes or changes settings; undefined when nothing would change.
 * @throws DomainError `forbidden` when a tenant that an operator suspended is resumed by anybody else,
 *   `invalid_state` when nothing but a status is asked for and the tenant has it already
 */
export function updateTenant(
  tenant: Tenant,
  input: TenantUpdate,
  context: ChangeContext,
): Change<Tenant> | undefined {
  const { sandboxOnly, suspendedByOperator, ...rest } = tenant;
  const state: Tenant = {
    ...rest,
    ...(isHeld(tenant, input, context) && { suspendedByOperator: true }),
    ...(input.sandboxOnly === undefined && sandboxOnly && { sandboxOnly }),
    name: input.name ?? tenant.name,
    status: input.status ?? tenant.status,
    settings: merge(tenant.settings, input.settings),
    revision: tenant.revision + 1,
  };
  const data = changedFields(tenant, state, [
    ...(['name', 'status', 'settings', 'sandboxOnly'] as const),
    // Whose a new suspension is its event's actor says.
    ...(state.status === tenant.status ? (['suspendedByOperator'] as const) : []),
  ]);
  if (data === undefined) {
    const { status, ...others } = input;
    if (status === undefined || Object.values(others).some((value) => value !== undefined)) return undefined;
    throw new DomainError('invalid_state', `The tenant is ${tenant.status} already`, { param: 'status' });
  }
  const turns = state.status !== tenant.status || state.suspendedByOperator !== suspendedByOperator;
  const type = !turns ? 'tenant.updated' : state.status === 'active' ? 'tenant.resumed' : 'tenant.suspended';
  return { state, event: tenantEvent(type, state, data, context) };
}

/** Whether only an operator may resume the tenant after an update: who stops somebody says when that ends. */
function isHeld(
  { status, suspendedByOperator }: Tenant,
  input: TenantUpdate,
  { isOperator = false }: ChangeContext,
): boolean {
  if (suspendedByOperator && input.status === 'active' && !isOperator) {
    throw new DomainError('forbidden', 'Whoever runs this suspended the tenant: ask them to resume it', {
      param: 'status',
    });
  }
  const asked = input.status ?? status;
  return asked === 'suspended' && (suspendedByOperator ?? (isOperator && input.status === 'suspended'));
}

/** @throws DomainError `invalid_request` for a name that no role can have */
export function requireRoleName(name: string): void {
  if (!ROLE_NAME.test(name)) {
    throw new DomainError(
      'invalid_request',
      'A role is named by a letter a-z and then up to 39 of a-z, 0-9, - and _',
      { param: 'role' },
    );
  }
}

/** Whether keys may have this name of a role that there is not, or not any more. */
export function mayBeHeld(tenant: Tenant, name: string): boolean {
  return roleOf(tenant, name) === undefined && (tenant.formerRoles?.includes(name) ?? true);
}

/**
 * Creates or replaces a role; undefined when it is so already. Keys keep the name of a role that was taken
 * away: a role made anew under it would wake them, and is made only by who says that this is meant.
 * @param holders keys that have the name, where `mayBeHeld` says that there may be some
 * @throws DomainError `invalid_request` for a bad name and for a role too many, `invalid_state` when it would
 *   wake keys
 */
export function putRole(
  tenant: Tenant,
  name: string,
  { permissions, description, wakesKeys = false }: RoleInput,
  context: ChangeContext,
  holders?: RoleHolders,
): Change<Tenant> | undefined {
  requireRoleName(name);
  const before = roleOf(tenant, name);
  const role: TenantRole = { permissions, description };
  if (before === undefined && Object.keys(tenant.roles).length >= MOST_ROLES) {
    throw new DomainError('invalid_request', `A tenant has at most ${MOST_ROLES} roles; delete one first`, {
      param: 'role',
    });
  }
  if (before !== undefined && changedFields(before, role, ['permissions', 'description']) === undefined)
    return undefined;
  const woken = mayBeHeld(tenant, name) ? (holders ?? UNKNOWN_HOLDERS) : NO_HOLDERS;
  if (!wakesKeys) requireUnheld(woken);
  const { formerRoles, ...rest } = tenant;
  const state = {
    ...rest,
    roles: { ...tenant.roles, [name]: role },
    ...(formerRoles && { formerRoles: formerRoles.filter((former) => former !== name) }),
    revision: tenant.revision + 1,
  };
  const event = auditEvent(context, {
    type: 'role.changed',
    tenantId: tenant.tenantId,
    subject: { type: 'role', id: name },
    data: { from: before ?? null, to: role, ...(woken.count > 0 && { wokenKeys: woken.count }) },
  });
  return { state, event };
}

function requireUnheld({ count, isAll }: RoleHolders): void {
  if (count === 0 && isAll) return;
  const who =
    count === 0
      ? 'Keys may still have a role of this name, which was taken away, and'
      : `${count}${isAll ? '' : ' or more'} ${count === 1 && isAll ? 'key has' : 'keys have'} a role of this name, which was taken away, and`;
  throw new DomainError(
    'invalid_state',
    `${who} would get these permissions at once; send wakesKeys: true where that is meant, or choose another name`,
    { param: 'wakesKeys' },
  );
}

/**
 * Takes a role away. Keys that have it stay, and may do nothing until they get another.
 * @throws DomainError `not_found`
 */
export function deleteRole(tenant: Tenant, name: string, context: ChangeContext): Change<Tenant> {
  const before = roleOf(tenant, name);
  if (before === undefined) throw notFound();
  const { [name]: _, ...roles } = tenant.roles;
  const { formerRoles, ...rest } = tenant;
  const former = formerRoles && [name, ...formerRoles];
  const isKept = former !== undefined && former.length <= MOST_FORMER_ROLES;
  const event = auditEvent(context, {
    type: 'role.deleted',
    tenantId: tenant.tenantId,
    subject: { type: 'role', id: name },
    data: { from: before },
  });
  const state = {
    ...rest,
    roles,
    ...(isKept && { formerRoles: former }),
    revision: tenant.revision + 1,
  };
  return { state, event };
}

/** @throws DomainError `invalid_state` while the tenant is suspended */
export function requireActive(tenant: Tenant): void {
  if (tenant.status !== 'active') {
    throw new DomainError('invalid_state', 'The tenant is suspended; resume it first');
  }
}

/** @throws DomainError `forbidden` for something live of a tenant that is for the sandbox alone */
export function requireEnvironment(
  { tenantId, sandboxOnly }: Pick<Tenant, 'tenantId' | 'sandboxOnly'>,
  environment: 'sandbox' | 'live',
): void {
  if (!sandboxOnly || environment === 'sandbox') return;
  throw new DomainError(
    'forbidden',
    `${tenantId} is for the sandbox alone: use what has the environment sandbox, or ask whoever runs this to let the tenant go live`,
  );
}

/** A role by its name; a name like `constructor` finds nothing. */
export function roleOf(tenant: Tenant, name: string): TenantRole | undefined {
  return Object.hasOwn(tenant.roles, name) ? tenant.roles[name] : undefined;
}

function merge(settings: TenantSettings, changes: NewTenant['settings']): TenantSettings {
  const keyPolicies = mergePolicies(settings.keyPolicies, changes?.keyPolicies);
  return {
    requireApproval: changes?.requireApproval ?? settings.requireApproval,
    leakResponse: changes?.leakResponse ?? settings.leakResponse,
    ...(keyPolicies && { keyPolicies }),
  };
}

function tenantEvent(
  type: 'tenant.created' | 'tenant.updated' | 'tenant.suspended' | 'tenant.resumed',
  { tenantId }: Tenant,
  data: Record<string, unknown>,
  context: ChangeContext,
) {
  return auditEvent(context, { type, tenantId, subject: { type: 'tenant', id: tenantId }, data });
}
