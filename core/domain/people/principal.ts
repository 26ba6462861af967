import type { Actor } from '../../contract/events.ts';
import { DomainError } from '../ground/domain-error.ts';
import type { Admitted, Person } from './person.ts';

/**
 * An AWS identity that signed a request. Sessions of one role are the same principal, whose ARN is the role's
 * without its path: names of roles are unique in an account, and a session's ARN does not tell the path.
 */
export interface Principal {
  /** `arn:aws:iam::{account}:role/{name}`, `…:user/{path and name}` or `…:root`. */
  readonly arn: string;
  /** As AWS names who signed: with the session. */
  readonly userArn: string;
}

/** Without the path of a role: `a/b/` in `role/a/b/name`. */
const ROLE = /^arn:(aws[a-z-]*):iam::([0-9]{12}):role\/(?:[A-Za-z0-9_+=,.@-]+\/)*([A-Za-z0-9_+=,.@-]{1,64})$/;
const SESSION =
  /^arn:(aws[a-z-]*):sts::([0-9]{12}):assumed-role\/([A-Za-z0-9_+=,.@-]{1,64})\/[A-Za-z0-9_+=,.@:-]{1,128}$/;
const OTHER =
  /^arn:aws[a-z-]*:iam::[0-9]{12}:(?:user\/(?:[A-Za-z0-9_+=,.@-]+\/)*[A-Za-z0-9_+=,.@-]{1,64}|root)$/;
/** What `principalNamed` takes, for documents. */
export const PRINCIPAL_PATTERN = [ROLE, SESSION, OTHER].map(({ source }) => source).join('|');
const LONGEST = 2048;

/**
 * The principal that an ARN names, of an identity or of a session; undefined for every other text.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
 */
export function principalNamed(arn: string): string | undefined {
  if (arn.length > LONGEST) return undefined;
  const [, partition, account, role] = ROLE.exec(arn) ?? SESSION.exec(arn) ?? [];
  if (role !== undefined) return `arn:${partition}:iam::${account}:role/${role}`;
  return OTHER.test(arn) ? arn : undefined;
}

/**
 * Who signed, of the account that Keywright is deployed in: others' principals take a role of it, and IAM there
 * says who may.
 * @throws DomainError `forbidden`
 */
export function principalOf(userArn: string, accountId: string): Principal {
  const arn = principalNamed(userArn);
  if (arn === undefined) {
    throw new DomainError(
      'forbidden',
      'This is for principals of AWS: sign the request with Signature Version 4 for execute-api',
    );
  }
  if (arn.split(':')[4] !== accountId) {
    throw new DomainError(
      'forbidden',
      `This is for principals of the account ${accountId}: take a role of it, and sign the request as that`,
    );
  }
  return { arn, userArn };
}

/** A principal on a route that configures: an admin of every tenant as far as IAM's policies let it come. */
export function configuring({ arn }: Principal): Admitted {
  const signedIn: Person = {
    sub: arn,
    email: undefined,
    emailVerified: false,
    role: 'admin',
    tenants: '*',
    memberships: [],
    mfa: true,
    authTime: undefined,
  };
  return { ...signedIn, memberRoles: new Map(), signedIn };
}

export function actorOfPrincipal({ userArn }: Principal, ip: string): Actor {
  return { type: 'principal', id: userArn, ip };
}
