import { sha256 } from '../ground/sha256.ts';
import type { PresentedKey } from './key-format.ts';

/** A text in a key's place that is no key of this operator's: perhaps one that was issued elsewhere. */
export interface ForeignKey {
  readonly kind: 'foreign';
  /** The scheme of the header that it came in. */
  readonly scheme: 'tenant' | 'subscription';
  readonly text: string;
}

/** Whatever a request can carry in a key's place. */
export type CarriedKey = PresentedKey | ForeignKey;

/** Visible ASCII, as it passes through any header; bounded, so that looking at one costs little. */
export const FOREIGN_TEXT = /^[\x21-\x7e]{16,512}$/;

export const FOREIGN_TEXT_RULE = 'expected 16 to 512 visible ASCII characters';

/** The foreign key that a text can be; undefined for one that no key was imported for. */
export function foreignKey(text: string, scheme: ForeignKey['scheme']): ForeignKey | undefined {
  return FOREIGN_TEXT.test(text) ? { kind: 'foreign', scheme, text } : undefined;
}

/** SHA-256 of a foreign key's text in 64 hex digits. What is stored of imported keys is made from it alone. */
export function fingerprintOf(text: string): string {
  return sha256(text);
}

/** Whether a text is a fingerprint, which no key of this operator's is: its digits have no underscore among them. */
export function isFingerprint(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
