import { found } from '../../core/domain/ground/not-found.ts';
import { mintShowable } from '../../core/domain/keys/showable-key.ts';
import { regenerateClientKey as decide, requireClientKey } from '../../core/domain/products/client-key.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { apiSchemas } from '../../core/management/schemas/api-schemas.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { ApiDependencies } from './dependencies.ts';

/** Replaces an API's client key: its digest and its sealed text, by one write. */
export async function regenerateClientKey(
  { path, context }: OperationRequest<typeof apiSchemas.regenerateClientKey>,
  { apis, showableKeys, keyFormat, randomBytes, ...dependencies }: ApiDependencies,
): Promise<Answer> {
  const api = found(await apis.get(path.apiId));
  requireClientKey(api);
  const mint = { keyFormat, randomBytes, pepper: await dependencies.pepper() };
  const minted = mintShowable('ck', api.apiId, api.environment, mint);
  const key = await showableKeys.keep({ owner: api.apiId, slot: 'clientKey' }, minted);
  await decideUntilWritten(api, context, (before, own) => apis.update(before, decide(before, key, own)), {
    ...dependencies,
    randomBytes,
  });
  return { status: 200, body: { clientKey: key.text } };
}
