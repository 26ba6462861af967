import { hash } from 'node:crypto';
import type { CredentialRecord, SubscriptionRecord } from './decision.ts';
import type { PresentedKey } from './key-format.ts';
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
  /** The 12 characters of the credential's public id, drawn at random. */
  readonly credentialId: string;
  readonly tenantId: string;
  /** Of a subscription. */
  readonly productId?: string;
}

/** Visible ASCII, as it passes through any header; bounded, so that looking at one costs little. */
const FOREIGN_TEXT = /^[\x21-\x7e]{16,512}$/;

/** The foreign key that a text can be; undefined for one that no key was imported for. */
export function foreignKey(text: string, scheme: ForeignKey['scheme']): ForeignKey | undefined {
  return FOREIGN_TEXT.test(text) ? { kind: 'foreign', scheme, text } : undefined;
}

/** SHA-256 of a foreign key's text in 64 hex digits. What is stored of imported keys is made from it alone. */
export function fingerprintOf(text: string): string {
  return hash('sha256', text, 'hex');
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
