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

/** @throws DomainError `invalid_state` as `requireClientKey`, and for an API of the live environment */
export function requirePublishable(api: ProtectedApi): ClientKey {
  const clientKey = requireClientKey(api);
  if (api.environment === 'sandbox') return clientKey;
  throw new DomainError(
    'invalid_state',
    'Only the client key of a sandbox API can be published: this API is live, show its client key to subscribers',
  );
}

/** Notes that the client key is shown. @throws DomainError `invalid_state` as `requireClientKey` */
export function revealClientKey(api: ProtectedApi, context: ChangeContext): Change<ProtectedApi> {
  const { hint } = requireClientKey(api);
  return clientKeyChange('clientKey.revealed', api, { hint }, context);
}

/**
 * Shows the client key to everybody, until that is taken back or the key replaced by one that is not.
 * @param sealed its text, sealed for the catalogue
 * @throws DomainError `invalid_state` as `requirePublishable`
 */
export function publishClientKey(
  api: ProtectedApi,
  sealed: string,
  context: ChangeContext,
): Change<ProtectedApi> {
  const { hint } = requirePublishable(api);
  return clientKeyChange(
    'clientKey.revealed',
    { ...api, publicClientKey: sealed },
    { hint, published: true },
    context,
  );
}

/** Undefined for one that is not published. Who has read it goes on knowing it. */
export function unpublishClientKey(
  api: ProtectedApi,
  context: ChangeContext,
): Change<ProtectedApi> | undefined {
  const { publicClientKey, ...state } = api;
  if (publicClientKey === undefined) return undefined;
  const subject = { type: 'api', id: api.apiId } as const;
  const data = { from: { clientKeyPublished: true }, to: { clientKeyPublished: false } };
  return {
    state: { ...state, revision: api.revision + 1 },
    event: auditEvent(context, { type: 'api.updated', tenantId: null, subject, data }),
  };
}

/**
 * Replaces the client key; the one before is refused from then on.
 * @param sealed its text, sealed for the catalogue, where the one before was published
 * @throws DomainError `invalid_state` as `requireClientKey`
 */
export function regenerateClientKey(
  api: ProtectedApi,
  key: ShowableKey,
  sealed: string | undefined,
  context: ChangeContext,
): Change<ProtectedApi> {
  requireClientKey(api);
  const { publicClientKey, ...rest } = api;
  const published = publicClientKey !== undefined && sealed !== undefined && { publicClientKey: sealed };
  const state = { ...rest, ...clientKeyOf(key, context.now), ...published };
  return clientKeyChange('clientKey.regenerated', state, { hint: key.hint }, context);
}

function clientKeyChange(
  type: 'clientKey.revealed' | 'clientKey.regenerated',
  api: ProtectedApi,
  data: { readonly hint: string; readonly published?: true },
  context: ChangeContext,
): Change<ProtectedApi> {
  const subject = { type: 'api', id: api.apiId } as const;
  return {
    state: { ...api, revision: api.revision + 1 },
    event: auditEvent(context, { type, tenantId: null, subject, data }),
  };
}
