import type { Environment } from './key-format.ts';
import type { Pepper } from './pepper.ts';

/** Ids of the API Gateway usage plans that new credentials of each environment are put into. */
export type UsagePlans = Readonly<Record<Environment, readonly string[]>>;

/**
 * The value of a credential's API Gateway key, in 64 hex digits: the same for a second attempt at the same
 * credential, and nothing that can be told from its public id.
 */
export function usageIdentifierKeyOf(credential: string, pepper: Pepper): string {
  // The space keeps it from being any key's digest: no key's text has one.
  return Buffer.from(pepper.digest(`usage plan ${credential}`).hmac, 'base64url').toString('hex');
}
