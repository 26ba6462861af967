import { hash } from 'node:crypto';

/** SHA-256 (FIPS 180-4) of a text in UTF-8: 64 hex digits, or 43 characters of base64url. */
export function sha256(text: string | Uint8Array, encoding: 'hex' | 'base64url' = 'hex'): string {
  return hash('sha256', text, encoding);
}
