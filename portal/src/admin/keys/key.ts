import type { Answer } from '../../shared/api/api.ts';

export type Key = Answer<'/v1/tenants/{tenantId}/keys/{keyId}'>;

export const KEYS = '/v1/tenants/{tenantId}/keys';

const PREFIX = { secret: 'sk', publishable: 'pk' } as const;
const ENVIRONMENT = { sandbox: 'dev', live: 'live' } as const;

/**
 * What of a key may be shown: its id is part of its text, of its secret the last four characters are known. Of one
 * that was issued elsewhere nothing else is.
 */
export function maskedText(key: Key, vendor: string): string {
  if (key.imported !== null) return `…${key.secrets[0]?.hint ?? ''}`;
  const start = `${vendor === '' ? '' : `${vendor}_`}${PREFIX[key.type]}_${ENVIRONMENT[key.environment]}_`;
  const hint = key.secrets[0]?.hint ?? '';
  return `${start}${key.keyId.slice('key_'.length)}…${hint}`;
}
