import type { Actor } from '../../contract/events.ts';
import type { ManagementRoute, Role } from '../../contract/routes.ts';
import { isOfAnotherKind } from '../decision/access-token.ts';
import { DomainError } from '../ground/domain-error.ts';
import { notFound } from '../ground/not-found.ts';
import { TENANT_ID } from '../tenants/tenant.ts';

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
 * @throws DomainError `unauthenticated` without `sub` and for what is no access token, `forbidden` without a role
 *   that Keywright knows
 */
export function personOf(claims: Claims): Person {
  const { sub, email } = claims;
  const role = claims['keywright:role'];
  if (typeof sub !== 'string' || sub === '') {
    throw new DomainError('unauthenticated', 'The access token names nobody: its claim sub is missing');
  }
  if (isOfAnotherKind(claims)) {
    throw new DomainError('unauthenticated', 'This is an ID token or another kind; send an access token');
  }
  if (typeof role !== 'string' || !isRole(role)) {
    throw new DomainError(
      'forbidden',
      `The access token's claim keywright:role must be one of ${ROLES.join(', ')}`,
    );
  }
  const tenants = tenantsOf(claims['keywright:tenants']).filter(
    (item) => item === '*' || TENANT_ID.test(item),
  );
  const factors = [...methodsOf(claims.amr), ...methodsOf(claims['keywright:amr'])];
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
      'This operation needs a sign-in with a second factor. A first sign-in has none, and a token that was renewed ' +
        'may have lost it: set up a one-time code if you have not, and sign in again with it',
    );
  }
  if (tenantId !== undefined && !actsFor(person, tenantId)) throw notFound();
}

function isRole(text: string): text is Role {
  return ROLES.includes(text);
}

/**
 * A list's items, each whole. Tokens carry lists as arrays, and API Gateway passes them on as `[a b]`; some issuers
 * write JSON.
 */
function itemsOf(claim: unknown): readonly string[] | undefined {
  const list = typeof claim === 'string' && claim.startsWith('[') ? bracketed(claim) : claim;
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string' && item !== '') : undefined;
}

function bracketed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.endsWith(']') ? text.slice(1, -1).split(/\s+/) : undefined;
  }
}

/** How somebody signed in (RFC 8176): a text that is no list is one method, whatever it holds. */
function methodsOf(claim: unknown): readonly string[] {
  return itemsOf(claim) ?? (typeof claim === 'string' ? [claim] : []);
}

/** Some issuers write tenants as `a b` or `a,b`. */
function tenantsOf(claim: unknown): readonly string[] {
  return (
    itemsOf(claim) ?? (typeof claim === 'string' ? claim.split(/[\s,]+/).filter((item) => item !== '') : [])
  );
}
