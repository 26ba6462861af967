import { DomainError } from '../../core/domain/ground/domain-error.ts';
import type { ClientKey, ProtectedApi } from '../../core/domain/products/protected-api.ts';
import type { ApiDependencies } from './dependencies.ts';

/** The text of an API's client key. @throws DomainError `invalid_state` where it can't be shown */
export async function openClientKey(
  { apiId, sealedClientKey: sealed }: ProtectedApi,
  { digest }: ClientKey,
  { showableKeys, pepper }: Pick<ApiDependencies, 'showableKeys' | 'pepper'>,
): Promise<string> {
  const place = { owner: apiId, slot: 'clientKey' } as const;
  const text = await showableKeys.open(place, { digest, sealed }, await pepper([digest.pepper]));
  if (text !== undefined) return text;
  throw new DomainError('invalid_state', 'The client key can no longer be shown; regenerate it');
}
