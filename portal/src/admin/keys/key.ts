import type { Answer } from '../../shared/api/answers.ts';

export type Key = Answer<'/v1/tenants/{tenantId}/keys/{keyId}'>;

export const KEYS = '/v1/tenants/{tenantId}/keys';
/** Of one tenant or of all, with what is looked for. */
export const FIND_KEYS = '/v1/keys';
export const KEY = '/v1/tenants/{tenantId}/keys/{keyId}';

/** The readings that a change of a key makes stale. */
export const STALE_WITH_KEY = [KEYS, FIND_KEYS, KEY, '/v1/approvals', '/v1/audit'] as const;

const PREFIX = { secret: 'sk', publishable: 'pk' } as const;
const ENVIRONMENT = { sandbox: 'dev', live: 'live' } as const;

/**
 * What of a key may be shown: its id is part of its text, of its secret the last four characters are known. Of one
 * that was issued elsewhere nothing else is.
 */
export function maskedText(key: Key, vendor: string): string {
  const hint = key.secrets[0]?.hint ?? '';
  if (key.imported !== null) return `…${hint}`;
  const start = `${vendor === '' ? '' : `${vendor}_`}${PREFIX[key.type]}_${ENVIRONMENT[key.environment]}_`;
  return `${start}${key.keyId.slice('key_'.length)}…${hint}`;
}
