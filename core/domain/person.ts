import type { Actor } from '../contract/events.ts';
import type { ManagementRoute, Role } from '../contract/routes.ts';
import { DomainError } from './domain-error.ts';
import { notFound } from './not-found.ts';

/** Someone who signed in. */
export interface Person {
  readonly sub: string;
  readonly email: string | undefined;
  readonly role: Role;
  /** The tenants that the person acts for; `*` is all of them. */
  readonly tenants: '*' | readonly string[];
  /** Whether the sign-in used a second factor. */
  readonly mfa: boolean;
}

/** Claims of an access token as API Gateway passes them on: arrays as `[a b]`, everything a string. */
export type Claims = Readonly<Record<string, unknown>>;

const ROLES: readonly string[] = ['admin', 'developer', 'auditor'] satisfies Role[];

/**
 * The person whom an access token's verified claims describe.
 * @throws DomainError `unauthenticated` without `sub`, `forbidden` without a role that Keywright knows
 */
export function personOf(claims: Claims): Person {
  const { sub, email } = claims;
  const role = claims['keywright:role'];
  if (typeof sub !== 'string' || sub === '') {
    throw new DomainError('unauthenticated', 'The access token names nobody: its claim sub is missing');
  }
  if (typeof role !== 'string' || !isRole(role)) {
    throw new DomainError(
      'forbidden',
      `The access token's claim keywright:role must be one of ${ROLES.join(', ')}`,
    );
  }
  const tenants = listOf(claims['keywright:tenants']);
  const factors = [...listOf(claims.amr), ...listOf(claims['keywright:amr'])];
  return {
    sub,
    email: typeof email === 'string' ? email : undefined,
    role,
    tenants: tenants.includes('*') ? '*' : tenants,
    mfa: factors.includes('mfa'),
  };
}

export function actorOf(person: Person, ip: string): Actor {
  return { type: person.role, id: person.sub, ip };
}

export function actsFor(person: Person, tenantId: string): boolean {
  return person.tenants === '*' || person.tenants.includes(tenantId);
}

/**
 * Refuses a person whom the route is not for. The order never lets an answer depend on whether a tenant
 * exists that the person does not act for.
 * @param tenantId the tenant that the path names, if it does
 * @throws DomainError `forbidden`, `mfa_required` or `not_found`
 */
export function admit(
  person: Person,
  route: Pick<ManagementRoute, 'roles' | 'everyTenant' | 'mfa'>,
  tenantId: string | undefined,
): void {
  if (!route.roles.includes(person.role)) {
    throw new DomainError(
      'forbidden',
      `This operation is for the roles ${route.roles.join(', ')}; yours is ${person.role}`,
    );
  }
  if (route.everyTenant && person.tenants !== '*') {
    throw new DomainError('forbidden', 'This operation is for people who act for every tenant');
  }
  if (route.mfa && !person.mfa) {
    throw new DomainError(
      'mfa_required',
      'This operation needs a sign-in with a second factor; sign in again with one',
    );
  }
  if (tenantId !== undefined && !actsFor(person, tenantId)) throw notFound();
}

function isRole(text: string): text is Role {
  return ROLES.includes(text);
}

/** Tokens carry lists as arrays, API Gateway as `[a b]`, some issuers as `a b`, `a,b` or JSON. */
function listOf(claim: unknown): readonly string[] {
  const text = Array.isArray(claim) ? claim.join(' ') : claim;
  return typeof text === 'string' ? text.split(/[\s,"[\]]+/).filter((item) => item !== '') : [];
}
