import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { found } from '../../core/domain/ground/not-found.ts';
import { mintShowable } from '../../core/domain/keys/showable-key.ts';
import { regenerateClientKey as decide, requireClientKey } from '../../core/domain/products/client-key.ts';
import type { ProtectedApi } from '../../core/domain/products/protected-api.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { apiSchemas } from '../../core/management/schemas/api-schemas.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { ApiDependencies } from './dependencies.ts';

/** Replaces an API's client key: its digest and its sealed text, by one write. */
export async function regenerateClientKey(
  { path, context }: OperationRequest<typeof apiSchemas.regenerateClientKey>,
  { apis, showableKeys, publicKeys, keyFormat, randomBytes, ...dependencies }: ApiDependencies,
): Promise<Answer> {
  const api = found(await apis.get(path.apiId));
  requireClientKey(api);
  const mint = { keyFormat, randomBytes, pepper: await dependencies.pepper() };
  const minted = mintShowable('ck', api.apiId, api.environment, mint);
  const key = await showableKeys.keep({ owner: api.apiId, slot: 'clientKey' }, minted);
  const replace = async (before: ProtectedApi, own: ChangeContext) => {
    const isPublished = before.publicClientKey !== undefined;
    const sealed = isPublished
      ? await publicKeys.seal(api.apiId, own.now.toISOString(), key.text)
      : undefined;
    await apis.update(before, decide(before, key, sealed, own));
  };
  await decideUntilWritten(api, context, replace, { ...dependencies, randomBytes });
  return { status: 200, body: { clientKey: key.text } };
}
