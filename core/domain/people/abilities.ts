import type { ManagementRoute } from '../../contract/management-route.ts';
import { type Operation, ROUTES } from '../../contract/routes.ts';
import { DomainError } from '../ground/domain-error.ts';
import { type Admitted, actsFor, admit, type Person } from './person.ts';

/** The operations that a person may call. */
export interface Abilities {
  readonly now: readonly Operation[];
  /** Those that only want a sign-in with a second factor, or a more recent one. */
  readonly withSecondFactor: readonly Operation[];
}

/**
 * What a person may call, by the route table and by `admit`, which is what refuses. What a request may be refused
 * for beside that is the state of things.
 * @param tenantId in this tenant; in any where undefined
 */
export function abilitiesOf(person: Person, tenantId: string | undefined): Abilities {
  const allowed = (who: Person) =>
    ROUTES.filter((route) => mayCall(who, route, tenantId)).map(({ operation }) => operation);
  const now = allowed(person);
  const { session } = person;
  const confirmed = { ...person, mfa: true, ...(session && { session: { ...session, isRecent: true } }) };
  const all = person.mfa && session?.isRecent !== false ? now : allowed(confirmed);
  return { now, withSecondFactor: all.filter((operation) => !now.includes(operation)) };
}

function mayCall(person: Person, route: ManagementRoute, tenantId: string | undefined): boolean {
  if (route.roles.length === 0) return false;
  const ofPath = route.key.includes('{tenantId}');
  if (ofPath && tenantId === undefined) {
    if (person.tenants === '*' && admitted(person, route, undefined) !== undefined) return true;
    const named = person.tenants === '*' ? [] : person.tenants;
    const tenants = [...named, ...person.memberships.map((membership) => membership.tenantId)];
    return tenants.some((each) => admitted(person, route, each) !== undefined);
  }
  const who = admitted(person, route, ofPath ? tenantId : undefined);
  if (who === undefined) return false;
  return route.anyone === true || tenantId === undefined || actsFor(who, tenantId);
}

function admitted(
  person: Person,
  route: ManagementRoute,
  tenantId: string | undefined,
): Admitted | undefined {
  try {
    return admit(person, route, tenantId);
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}
