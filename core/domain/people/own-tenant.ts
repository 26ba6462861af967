import { DomainError } from '../ground/domain-error.ts';
import { idOfParts } from '../ground/idempotency.ts';
import { networkOf } from '../keys/network.ts';
import type { SignUp, SignUpRule } from './sign-up.ts';

/** The tenant that a person gets by signing up: one and the same however often and from wherever that person asks. */
export function ownTenantId(sub: string): string {
  // Tenants are named in lower case; hexadecimal keeps every bit of the id.
  return `tenant_${Buffer.from(idOfParts(['own tenant', sub])).toString('hex')}`;
}

/** What a person's own tenant is called: as that person says, or as the address does. No other tenant is looked at. */
export function ownTenantName({ company, email }: Pick<SignUp, 'company' | 'email'>): string {
  return company ?? email.slice(0, email.lastIndexOf('@'));
}

/** Who got a tenant of one's own on a day, by UTC, in the order of coming. */
export type DayOfTenants = readonly NewcomerOfDay[];

export interface NewcomerOfDay {
  readonly signUpId: string;
  readonly network: string;
}

const MOST_A_DAY = 100;
/** Of a day's room, what one network may take; a small day's leaves a few for whoever shares an address. */
const SHARE_OF_A_NETWORK = 0.1;
const LEAST_OF_A_NETWORK = 5;

/**
 * The day with one more, or as it is where that one was counted before. Accounts cost little, and each tenant stays:
 * without a bound whoever makes accounts by a program fills the lists of all who run this.
 * @throws DomainError `invalid_state` when there is no more room, for the network or for anyone
 */
export function withNewcomer(
  day: DayOfTenants,
  { signUpId, ip }: { readonly signUpId: string; readonly ip: string | undefined },
  { perDay = MOST_A_DAY }: SignUpRule,
): DayOfTenants {
  if (day.some((each) => each.signUpId === signUpId)) return day;
  const network = networkOf(ip ?? '') ?? 'unknown';
  const ofNetwork = Math.max(LEAST_OF_A_NETWORK, Math.floor(perDay * SHARE_OF_A_NETWORK));
  const isFull = day.length >= perDay;
  if (isFull || day.filter((each) => each.network === network).length >= ofNetwork) {
    throw new DomainError(
      'invalid_state',
      `${isFull ? 'As many people' : 'From your network as many people'} as can have signed up today; sign up tomorrow (UTC), or ask an admin of a tenant for an invitation`,
    );
  }
  return [...day, { signUpId, network }];
}
