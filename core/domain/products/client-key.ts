import { auditEvent, type Change, type ChangeContext } from '../audit/audit-event.ts';
import { DomainError } from '../ground/domain-error.ts';
import type { ShowableKey } from '../keys/showable-key.ts';
import type { ClientKey, KeptClientKey, ProtectedApi } from './protected-api.ts';

/** A new client key as its API's item holds it. */
export function clientKeyOf({ digest, hint, sealed }: ShowableKey, now: Date): KeptClientKey {
  return { clientKey: { digest, hint, createdAt: now.toISOString() }, sealedClientKey: sealed };
}

/** @throws DomainError `invalid_state` for an API of the tenant scheme */
export function requireClientKey({ clientKey }: ProtectedApi): ClientKey {
  if (clientKey === undefined) {
    throw new DomainError('invalid_state', 'The API has no client key: it is not of the subscription scheme');
  }
  return clientKey;
}

/** Notes that the client key is shown. @throws DomainError `invalid_state` as `requireClientKey` */
export function revealClientKey(api: ProtectedApi, context: ChangeContext): Change<ProtectedApi> {
  const { hint } = requireClientKey(api);
  return clientKeyChange('clientKey.revealed', api, hint, context);
}

/**
 * Replaces the client key; the one before is refused from then on.
 * @throws DomainError `invalid_state` as `requireClientKey`
 */
export function regenerateClientKey(
  api: ProtectedApi,
  key: ShowableKey,
  context: ChangeContext,
): Change<ProtectedApi> {
  requireClientKey(api);
  const state = { ...api, ...clientKeyOf(key, context.now) };
  return clientKeyChange('clientKey.regenerated', state, key.hint, context);
}

function clientKeyChange(
  type: 'clientKey.revealed' | 'clientKey.regenerated',
  api: ProtectedApi,
  hint: string,
  context: ChangeContext,
): Change<ProtectedApi> {
  const subject = { type: 'api', id: api.apiId } as const;
  return {
    state: { ...api, revision: api.revision + 1 },
    event: auditEvent(context, { type, tenantId: null, subject, data: { hint } }),
  };
}
