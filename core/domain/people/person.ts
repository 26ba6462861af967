import type { Actor } from '../../contract/events.ts';
import type { ManagementRoute, Role } from '../../contract/management-route.ts';
import type { CurrentSession } from '../../contract/session.ts';
import { isOfAnotherKind } from '../decision/access-token.ts';
import { DomainError } from '../ground/domain-error.ts';
import { notFound } from '../ground/not-found.ts';
import { TENANT_ID } from '../tenants/tenant.ts';

/** What somebody is in a tenant because its admins say so, whatever the token says. */
export interface Membership {
  readonly tenantId: string;
  readonly role: Role;
}

/** Someone who signed in. */
export interface Person {
  readonly sub: string;
  readonly email: string | undefined;
  /** Whether the issuer has seen to it that the e-mail address is the person's. */
  readonly emailVerified: boolean;
  /** In the tenants that the token names; undefined where it names no role of ours. */
  readonly role: Role | undefined;
  /** The tenants that the person acts for; `*` is all of them. */
  readonly tenants: '*' | readonly string[];
  /** As far as they were needed, and so were read. */
  readonly memberships: readonly Membership[];
  /** Whether the sign-in used a second factor. */
  readonly mfa: boolean;
  /** When the person was last asked to sign in, as the token says. */
  readonly authTime: Date | undefined;
  /** Absent for who came by an access token. */
  readonly session?: CurrentSession;
}

/** A person whom a route is for: `role` and `tenants` are no more than what the route is open to. */
export interface Admitted extends Person {
  /** Roles in tenants whose member the person is. */
  readonly memberRoles: ReadonlyMap<string, Role>;
  /** Who that is, on other routes too. */
  readonly signedIn: Person;
}

type Guard = Pick<ManagementRoute, 'roles' | 'anyone' | 'everyTenant' | 'mfa' | 'recentSignIn'>;

/** Claims of an access token as API Gateway passes them on: arrays as `[a b]`, everything a string. */
export type Claims = Readonly<Record<string, unknown>>;

/** One who has several in a tenant is the first of them. */
const ROLES: readonly Role[] = ['admin', 'auditor', 'developer'];
const LONGEST_EMAIL = 254;

/**
 * The person whom an access token's verified claims describe.
 * @throws DomainError `unauthenticated` without `sub` and for what is no access token
 */
export function personOf(claims: Claims): Person {
  const { sub, email } = claims;
  if (typeof sub !== 'string' || sub === '') {
    throw new DomainError('unauthenticated', 'The access token names nobody: its claim sub is missing');
  }
  if (isOfAnotherKind(claims)) {
    throw new DomainError('unauthenticated', 'This is an ID token or another kind; send an access token');
  }
  const role = ROLES.find((known) => known === claims['keywright:role']);
  const tenants = tenantsOf(claims['keywright:tenants']).filter(
    (item) => item === '*' || TENANT_ID.test(item),
  );
  const factors = [...methodsOf(claims.amr), ...methodsOf(claims['keywright:amr'])];
  return {
    sub,
    email: typeof email === 'string' && email.length <= LONGEST_EMAIL ? email : undefined,
    emailVerified: isTrue(claims.email_verified) || isTrue(claims['keywright:email_verified']),
    role,
    tenants: role === undefined ? [] : tenants.includes('*') ? '*' : tenants,
    memberships: [],
    mfa: factors.includes('mfa'),
    authTime: timeOf(claims.auth_time),
  };
}

/** The e-mail goes along as the name: who that was can then be read without asking the issuer. */
export function actorOf(person: Admitted, ip: string): Actor {
  const [type = 'developer'] = ROLES.filter(
    (role) => role === person.role || [...person.memberRoles.values()].includes(role),
  );
  const { sub: id, email } = person;
  return { type, id, ip, ...(email !== undefined && { name: email }) };
}

export function actsFor(person: Pick<Person, 'tenants'>, tenantId: string): boolean {
  return person.tenants === '*' || person.tenants.includes(tenantId);
}

/** As what a person acts in a tenant that `actsFor` says the person acts for. */
export function roleIn({ role, memberRoles }: Admitted, tenantId: string): Role | undefined {
  return memberRoles.get(tenantId) ?? role;
}

/** Whether what the person may do on a route depends on memberships: the token alone does not settle it. */
export function needsMemberships(person: Person, route: Guard, tenantId: string | undefined): boolean {
  if (route.everyTenant) return false;
  const fits = person.role !== undefined && route.roles.includes(person.role);
  return !fits || (tenantId === undefined ? person.tenants !== '*' : !actsFor(person, tenantId));
}

/**
 * Lets in whom the route is for, and refuses all others. The order never lets an answer depend on whether a tenant
 * exists that the person does not act for.
 * @param tenantId the tenant that the path names, if it does
 * @throws DomainError `forbidden`, `mfa_required` or `not_found`
 */
export function admit(person: Person, route: Guard, tenantId: string | undefined): Admitted {
  const admitted = on(route, person);
  if (!route.anyone && admitted.role === undefined && admitted.memberRoles.size === 0) {
    throw otherRole(person, route);
  }
  if (route.everyTenant && admitted.tenants !== '*') {
    throw new DomainError('forbidden', 'This operation is for people who act for every tenant');
  }
  if (route.mfa && !person.mfa) {
    throw new DomainError(
      'mfa_required',
      'This operation needs a sign-in with a second factor. A first sign-in has none, and a token that was renewed ' +
        'may have lost it: set up a one-time code if you have not, and sign in again with it',
    );
  }
  if (route.recentSignIn && person.session?.isRecent === false) {
    throw new DomainError(
      'mfa_required',
      'This operation needs a sign-in of the last minutes: confirm who you are at /auth/step-up, and repeat it',
    );
  }
  if (tenantId !== undefined && !actsFor(admitted, tenantId)) {
    const isSeen = person.memberships.some((membership) => membership.tenantId === tenantId);
    throw isSeen || actsFor(person, tenantId) ? otherRole(person, route) : notFound();
  }
  return admitted;
}

/** The person as far as the route is for what the person is: a role in one tenant is none in another. */
function on(route: Guard, person: Person): Admitted {
  const fits = (role: Role | undefined) => role !== undefined && route.roles.includes(role);
  const role = fits(person.role) ? person.role : undefined;
  const named = role === undefined ? [] : person.tenants;
  const memberRoles = new Map<string, Role>();
  for (const { tenantId, role: own } of person.memberships) {
    if (!fits(own)) continue;
    const both = [own, actsFor({ tenants: named }, tenantId) ? role : undefined];
    memberRoles.set(tenantId, ROLES.find((each) => both.includes(each)) ?? own);
  }
  const tenants = named === '*' ? named : [...new Set([...named, ...memberRoles.keys()])];
  return { ...person, role, tenants, memberRoles, signedIn: person };
}

function otherRole({ role, memberships }: Person, route: Guard): DomainError {
  const roles = [
    ...new Set([...(role === undefined ? [] : [role]), ...memberships.map((each) => each.role)]),
  ];
  return new DomainError(
    'forbidden',
    roles.length === 0
      ? `You have no role here: the access token's claim keywright:role must be one of ${ROLES.join(', ')}, or an admin of a tenant invites you`
      : `This operation is for the roles ${route.roles.join(', ')}; yours is ${roles.join(', ')}`,
  );
}

/** API Gateway passes on everything as a text. */
function isTrue(claim: unknown): boolean {
  return claim === true || claim === 'true';
}

function timeOf(claim: unknown): Date | undefined {
  const seconds = Number(claim ?? Number.NaN);
  const isTime = Number.isInteger(seconds) && seconds > 0 && seconds < 1e11;
  return isTime ? new Date(seconds * 1000) : undefined;
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
