import type { Answer } from '../../shared/api/answers.ts';

export type Alert = Answer<'/v1/alerts'>['items'][number];

/** What was found, in words. */
export const KINDS: Readonly<Record<Alert['kind'], string>> = {
  networkAuthFailures: 'Failed keys from one network',
  keyAuthFailures: 'Failed attempts with one key',
  clientErrors: 'Many client errors',
  rateLimitExceeded: 'A limit was passed again and again',
  requestSpike: 'Far more requests than usual',
  newCountry: 'A country that is new',
  impossibleTravel: 'Two places too far apart',
  oldSecretInUse: 'A rotation’s old secret is still used',
};
