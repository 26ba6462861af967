import type { AuditEvent } from '../../contract/events.ts';
import { auditEvent, type Change, type ChangeContext } from '../audit/audit-event.ts';
import type { AnyCredentialRecord } from '../decision/decision.ts';
import { DomainError } from '../ground/domain-error.ts';
import { idOfParts } from '../ground/idempotency.ts';
import { liveSecrets, statusOf } from '../keys/api-key.ts';
import { type ForeignKey, fingerprintOf } from '../keys/foreign-key.ts';
import { hintOf, type KeyFormat, type PresentedKey } from '../keys/key-format.ts';
import type { Digest, Pepper } from '../keys/pepper.ts';
import { neededFor } from '../keys/showable-key.ts';
import type { Credential } from '../products/credential.ts';
import { isFinal } from '../products/subscription.ts';

/** Where an imported key's text leads to: fixed for the credential's life, until an operator releases it. */
export interface KeyAlias {
  /** The 12 characters of the credential's public id. */
  readonly credentialId: string;
  readonly tenantId: string;
  /** Of a subscription. */
  readonly productId?: string;
  /** True once it leads nowhere: its text may be imported anew, wherever that is. */
  readonly released?: true;
}

const LONG_ENOUGH_FOR_A_HINT = 24;

/** What an operator has of a key that was issued elsewhere: its text, or SHA-256 of it in lowercase hex. */
export interface IssuedKey {
  readonly key?: string | undefined;
  readonly sha256?: string | undefined;
}

export interface ImportGiven {
  readonly keyFormat: KeyFormat;
  readonly pepper: Pepper;
  readonly takesDigests: boolean;
}

/**
 * An issued key as it is stored here.
 * @param given `takesDigests`: whether whoever brings it may bring a digest alone. A digest proves nothing:
 *   who has one may have found it, and would take the place of its key's owner
 * @param param the field that it came in
 * @throws DomainError `invalid_request` for a text that is a key of this operator's, `forbidden` for a digest
 */
export function importedSecret(
  { key, sha256 }: IssuedKey,
  { keyFormat, pepper, takesDigests }: ImportGiven,
  param = 'key',
): { readonly fingerprint: string; readonly digest: Digest; readonly hint: string; readonly imported: true } {
  if (key !== undefined && keyFormat.parse(key) !== undefined) {
    throw new DomainError('invalid_request', 'This is a key of Keywright’s: it would never be looked for', {
      param,
    });
  }
  if (sha256 !== undefined && !takesDigests) {
    throw new DomainError('forbidden', 'A digest is taken from operators alone; send the key’s text', {
      param: param === 'key' ? 'sha256' : param,
    });
  }
  const fingerprint = sha256 ?? fingerprintOf(key ?? '');
  return { fingerprint, digest: pepper.digest(fingerprint), hint: hintOfForeign(key ?? ''), imported: true };
}

/**
 * The 12 characters of the public id that a row's credential gets: the same for the same keys in the same
 * places, and for nothing else. They follow from keyed digests, so no text can be guessed of them.
 * @param keys each key's digests, the oldest version's first
 * @param barred how many of its ids can't be had any more, because somebody else took the keys meanwhile
 */
export function idOfRow(
  { tenantId, productId = '' }: Omit<KeyAlias, 'credentialId'>,
  keys: readonly (readonly Digest[])[],
  barred = 0,
): string {
  const again = barred === 0 ? [] : [`${barred}`];
  return idOfParts(['import', tenantId, productId, ...keys.map(([oldest]) => oldest?.hmac ?? ''), ...again]);
}

/** The last characters of a foreign text, where it is long enough to lose them; otherwise nothing. */
function hintOfForeign(text: string): string {
  return text.length < LONG_ENOUGH_FOR_A_HINT ? '' : hintOf(text);
}

/** Whether an imported credential has been used; `ended` where it was not and can't be any more. */
export type ImportedUse = 'used' | 'unused' | 'ended';

/**
 * @param isFinal whether the credential has ended for good
 * @returns undefined for a credential that was not imported
 */
export function importedUseOf(
  { imported, digests }: Pick<AnyCredentialRecord, 'imported' | 'digests'>,
  isFinal: boolean,
): ImportedUse | undefined {
  if (imported === undefined) return undefined;
  const uses = Object.entries(imported);
  if (uses.some(([, firstUsedAt]) => firstUsedAt !== null)) return 'used';
  return isFinal || !uses.some(([id]) => Object.hasOwn(digests, id)) ? 'ended' : 'unused';
}

/** Whom an imported text leads to, by its public id. */
export function ownerOf({ credentialId, productId }: KeyAlias): AuditEvent['subject'] {
  return productId === undefined
    ? { type: 'apiKey', id: `key_${credentialId}` }
    : { type: 'subscription', id: `sub_${credentialId}` };
}

/** Whether an imported text would be let in by a credential, now or once that is enabled or resumed. */
function opens(credential: Credential, fingerprint: string, pepper: Pepper, now: Date): boolean {
  if (credential.type === undefined) {
    return !isFinal(credential) && neededFor(Object.values(credential.digests), pepper)(fingerprint);
  }
  const status = statusOf(credential, now);
  if (status === 'revoked' || status === 'expired') return false;
  const digests = liveSecrets(credential, now).flatMap(({ id }) => credential.digests[id] ?? []);
  return neededFor(digests, pepper)(fingerprint);
}

/**
 * Lets go of a text that opens nothing any more, so that it can be imported elsewhere. What it opens still is
 * to be ended first, in the ways that its tenant knows.
 * @param credential the one that it leads to
 * @throws DomainError `invalid_state` while it opens something
 */
export function releaseAlias(
  alias: KeyAlias,
  credential: Credential,
  { fingerprint, pepper }: { readonly fingerprint: string; readonly pepper: Pepper },
  context: ChangeContext,
): Change<KeyAlias> {
  const subject = ownerOf(alias);
  const { tenantId } = alias;
  if (opens(credential, fingerprint, pepper, context.now)) {
    throw new DomainError(
      'invalid_state',
      `This key opens ${subject.id} of ${tenantId} still; revoke or cancel that, or give it another key, first`,
    );
  }
  return {
    state: { ...alias, released: true },
    event: auditEvent(context, { type: 'apiKey.released', tenantId, subject, data: {} }),
  };
}

/**
 * A foreign key as a key of the credential that it leads to: then every check is as of any other key. Its
 * kind is by the header, so that no text opens anything from the other scheme's header.
 */
export function keyOfCredential(
  foreign: ForeignKey,
  credentialId: string,
  credential: AnyCredentialRecord | undefined,
): PresentedKey {
  const publishable = credential?.type === 'publishable';
  const tenantKind = publishable ? 'pk' : 'sk';
  return {
    kind: foreign.scheme === 'subscription' ? 'sub' : tenantKind,
    environment: credential?.environment ?? 'live',
    id: credentialId,
    text: fingerprintOf(foreign.text),
  };
}
