import { hash } from 'node:crypto';
import type { CredentialRecord, SubscriptionRecord } from './decision.ts';
import { DomainError } from './domain-error.ts';
import { idOfParts } from './idempotency.ts';
import { hintOf, type KeyFormat, type PresentedKey } from './key-format.ts';
import type { Digest, Pepper } from './pepper.ts';
import type { ProtectedApi } from './protected-api.ts';

/** A text in a key's place that is no key of this operator's: perhaps one that was issued elsewhere. */
export interface ForeignKey {
  readonly kind: 'foreign';
  /** The scheme of the header that it came in. */
  readonly scheme: ProtectedApi['scheme'];
  readonly text: string;
}

/** Whatever a request can carry in a key's place. */
export type CarriedKey = PresentedKey | ForeignKey;

/** Where an imported key's text leads to. Everything in it is fixed for the credential's life. */
export interface KeyAlias {
  /** The 12 characters of the credential's public id. */
  readonly credentialId: string;
  readonly tenantId: string;
  /** Of a subscription. */
  readonly productId?: string;
}

/** Visible ASCII, as it passes through any header; bounded, so that looking at one costs little. */
export const FOREIGN_TEXT = /^[\x21-\x7e]{16,512}$/;

export const FOREIGN_TEXT_RULE = 'expected 16 to 512 visible ASCII characters';
const LONG_ENOUGH_FOR_A_HINT = 24;

/** The foreign key that a text can be; undefined for one that no key was imported for. */
export function foreignKey(text: string, scheme: ForeignKey['scheme']): ForeignKey | undefined {
  return FOREIGN_TEXT.test(text) ? { kind: 'foreign', scheme, text } : undefined;
}

/** SHA-256 of a foreign key's text in 64 hex digits. What is stored of imported keys is made from it alone. */
export function fingerprintOf(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Whether a text is a fingerprint, which no key of this operator's is: its digits have no underscore among them. */
export function isFingerprint(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** What an operator has of a key that was issued elsewhere: its text, or SHA-256 of it in lowercase hex. */
export interface IssuedKey {
  readonly key?: string | undefined;
  readonly sha256?: string | undefined;
}

/**
 * An issued key as it is stored here.
 * @param param the field that it came in
 * @throws DomainError `invalid_request` for a text that is a key of this operator's
 */
export function importedSecret(
  { key, sha256 }: IssuedKey,
  { keyFormat, pepper }: { readonly keyFormat: KeyFormat; readonly pepper: Pepper },
  param = 'key',
): { readonly fingerprint: string; readonly digest: Digest; readonly hint: string; readonly imported: true } {
  if (key !== undefined && keyFormat.parse(key) !== undefined) {
    throw new DomainError('invalid_request', 'This is a key of Keywright’s: it would never be looked for', {
      param,
    });
  }
  const fingerprint = sha256 ?? fingerprintOf(key ?? '');
  return { fingerprint, digest: pepper.digest(fingerprint), hint: hintOfForeign(key ?? ''), imported: true };
}

/**
 * The 12 characters of the public id that a row's credential gets: the same for the same keys in the same
 * places, and for nothing else. They follow from keyed digests, so no text can be guessed of them.
 * @param keys each key's digests, the oldest version's first
 */
export function idOfRow(
  { tenantId, productId = '' }: Omit<KeyAlias, 'credentialId'>,
  keys: readonly (readonly Digest[])[],
): string {
  return idOfParts(['import', tenantId, productId, ...keys.map(([oldest]) => oldest?.hmac ?? '')]);
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
  { imported, digests }: Pick<CredentialRecord | SubscriptionRecord, 'imported' | 'digests'>,
  isFinal: boolean,
): ImportedUse | undefined {
  if (imported === undefined) return undefined;
  const uses = Object.entries(imported);
  if (uses.some(([, firstUsedAt]) => firstUsedAt !== null)) return 'used';
  return isFinal || !uses.some(([id]) => id in digests) ? 'ended' : 'unused';
}

/** How many of each there are. */
export type ImportCounts = Readonly<Record<'imported' | ImportedUse, number>>;

export async function countImported<State>(
  states: AsyncIterable<State>,
  useOf: (state: State) => ImportedUse | undefined,
): Promise<ImportCounts> {
  const counts = { imported: 0, used: 0, unused: 0, ended: 0 };
  for await (const state of states) {
    const use = useOf(state);
    if (use === undefined) continue;
    counts.imported += 1;
    counts[use] += 1;
  }
  return counts;
}

/**
 * A foreign key as a key of the credential that it leads to: then every check is as of any other key. Its
 * kind is by the header, so that no text opens anything from the other scheme's header.
 */
export function keyOfCredential(
  foreign: ForeignKey,
  credentialId: string,
  credential: CredentialRecord | SubscriptionRecord | undefined,
): PresentedKey {
  const publishable = credential !== undefined && 'type' in credential && credential.type === 'publishable';
  const tenantKind = publishable ? 'pk' : 'sk';
  return {
    kind: foreign.scheme === 'subscription' ? 'sub' : tenantKind,
    environment: credential?.environment ?? 'live',
    id: credentialId,
    text: fingerprintOf(foreign.text),
  };
}
