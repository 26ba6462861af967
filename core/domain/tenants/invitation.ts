import { createHash, timingSafeEqual } from 'node:crypto';
import type { Role } from '../../contract/management-route.ts';
import type { ChangeContext } from '../audit/audit-event.ts';
import type { RandomBytes } from '../ground/base62.ts';
import { DomainError } from '../ground/domain-error.ts';

/** A place in a tenant that is kept for an e-mail address. Its token is nowhere: only its hash. */
export interface Invitation {
  /** `inv_` + 12 base62. */
  readonly invitationId: string;
  /** In lower case. */
  readonly email: string;
  readonly role: Role;
  readonly note: string | null;
  /** SHA-256 of the token, hex; absent where the token is made by who mails it, and its hash kept elsewhere. */
  readonly tokenHash?: string;
  readonly createdAt: string;
  readonly createdBy: string;
  /** The e-mail address at that time, where the token told it. */
  readonly createdByName?: string;
  readonly expiresAt: string;
}

export interface InvitationInput {
  readonly email: string;
  readonly role: Role;
  readonly note?: string | undefined;
}

export interface NewInvitation extends InvitationInput {
  readonly invitationId: string;
  /** undefined where it is mailed. */
  readonly tokenHash: string | undefined;
}

/** What a token names: where its invitation is, without a search. */
export interface NamedInvitation {
  readonly tenantId: string;
  readonly invitationId: string;
}

const LIFE_MILLISECONDS = 7 * 24 * 60 * 60 * 1000;
const SECRET_BYTES = 32;
const TOKEN = /^(tenant_[a-z0-9_]{3,40})\.(inv_[0-9A-Za-z]{12})\.[A-Za-z0-9_-]{43}$/;
/** A dot-atom and a host name of ASCII: letters that only look like these, or turn into them, are none. */
export const EMAIL =
  /^(?=.{3,254}$)(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/;

/** A new token, of 256 random bits, and its hash. It is shown once. */
export function newToken(
  { tenantId, invitationId }: NamedInvitation,
  randomBytes: RandomBytes,
): { readonly token: string; readonly tokenHash: string } {
  const secret = Buffer.from(randomBytes(SECRET_BYTES)).toString('base64url');
  const token = `${tenantId}.${invitationId}.${secret}`;
  return { token, tokenHash: hashOf(token) };
}

/** Where the invitation of a token is; undefined for a text that is no token. */
export function namedBy(token: string): NamedInvitation | undefined {
  const [, tenantId, invitationId] = TOKEN.exec(token) ?? [];
  return tenantId === undefined || invitationId === undefined ? undefined : { tenantId, invitationId };
}

/** Whether a token is one of these hashes'; those that are undefined are no token's. */
export function isToken(token: string, ...tokenHashes: readonly (string | undefined)[]): boolean {
  const shown = Buffer.from(hashOf(token));
  return tokenHashes.some((hash) => {
    const kept = Buffer.from(hash ?? '');
    return shown.length === kept.length && timingSafeEqual(shown, kept);
  });
}

export function openInvitation(input: NewInvitation, { now, actor }: ChangeContext): Invitation {
  const { invitationId, email, role, note = null, tokenHash } = input;
  return {
    ...{ invitationId, email, role, note },
    ...(tokenHash !== undefined && { tokenHash }),
    createdAt: now.toISOString(),
    createdBy: actor.id,
    ...(actor.name !== undefined && { createdByName: actor.name }),
    expiresAt: new Date(now.getTime() + LIFE_MILLISECONDS).toISOString(),
  };
}

export function isOpen({ expiresAt }: Invitation, now: Date): boolean {
  return Date.parse(expiresAt) > now.getTime();
}

/**
 * Refuses whoever else came by the token: an invitation is for an e-mail address, and that has to be the person's.
 * @throws DomainError `forbidden`, `invalid_state` when it has lapsed
 */
export function requireInvited(
  invitation: Invitation,
  { email, emailVerified }: { readonly email: string | undefined; readonly emailVerified: boolean },
  now: Date,
): void {
  // Compared as ASCII alone: the lower case of other letters may be one of these.
  const own = email !== undefined && EMAIL.test(email) ? email.toLowerCase() : undefined;
  if (own !== invitation.email) {
    throw new DomainError(
      'forbidden',
      'This invitation is for another e-mail address; sign in with the account that has it',
    );
  }
  if (!emailVerified) {
    throw new DomainError(
      'forbidden',
      'Your e-mail address is not verified: verify it where you sign in, sign in again, and accept then',
    );
  }
  if (!isOpen(invitation, now)) {
    throw new DomainError(
      'invalid_state',
      'This invitation has lapsed; ask an admin of the tenant for another',
    );
  }
}

export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
