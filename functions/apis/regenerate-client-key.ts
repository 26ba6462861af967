import { found } from '../../core/domain/ground/not-found.ts';
import { mintShowable, neededFor } from '../../core/domain/keys/showable-key.ts';
import { regenerateClientKey as decide, requireClientKey } from '../../core/domain/products/client-key.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { apiSchemas } from '../../core/management/schemas/api-schemas.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { ApiDependencies } from './dependencies.ts';

/**
 * Replaces an API's client key. The new text is kept beside the old one first; the write of its digest
 * then makes it the key, so that an end in between changes nothing.
 */
export async function regenerateClientKey(
  { path, context }: OperationRequest<typeof apiSchemas.regenerateClientKey>,
  { apis, clientKeys, keyFormat, randomBytes, ...dependencies }: ApiDependencies,
): Promise<Answer> {
  const api = found(await apis.get(path.apiId));
  const { digest } = requireClientKey(api);
  const pepper = await dependencies.pepper([digest.pepper]);
  const key = mintShowable('ck', api.apiId, api.environment, { keyFormat, randomBytes, pepper });
  decide(api, key, context);
  await clientKeys.add(api.apiId, [key.text], { now: context.now, isNeeded: neededFor([digest], pepper) });
  await decideUntilWritten(api, context, (before, own) => apis.update(before, decide(before, key, own)), {
    ...dependencies,
    randomBytes,
  });
  return { status: 200, body: { clientKey: key.text } };
}
