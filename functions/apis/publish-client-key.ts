import { found } from '../../core/domain/ground/not-found.ts';
import {
  publishClientKey as publish,
  requirePublishable,
  unpublishClientKey as unpublish,
} from '../../core/domain/products/client-key.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { answerOfApi, type apiSchemas } from '../../core/management/schemas/api-schemas.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { ApiDependencies } from './dependencies.ts';
import { openClientKey } from './open-client-key.ts';

/** Seals an API's client key for the catalogue, which everybody may read; the write says who did. */
export async function publishClientKey(
  { path, context }: OperationRequest<typeof apiSchemas.publishClientKey>,
  { apis, publicKeys, ...dependencies }: ApiDependencies,
): Promise<Answer> {
  const read = found(await apis.get(path.apiId));
  return decideUntilWritten(
    read,
    context,
    async (api, own) => {
      const clientKey = requirePublishable(api);
      if (api.publicClientKey !== undefined) return answerOfApi(200, api);
      const text = await openClientKey(api, clientKey, dependencies);
      const change = publish(api, await publicKeys.seal(api.apiId, clientKey.createdAt, text), own);
      await apis.update(api, change);
      return answerOfApi(200, change.state);
    },
    dependencies,
  );
}

/** Takes an API's client key out of the catalogue. */
export async function unpublishClientKey(
  { path, context }: OperationRequest<typeof apiSchemas.unpublishClientKey>,
  { apis, ...dependencies }: ApiDependencies,
): Promise<Answer> {
  const read = found(await apis.get(path.apiId));
  return decideUntilWritten(
    read,
    context,
    async (api, own) => {
      const change = unpublish(api, own);
      if (change !== undefined) await apis.update(api, change);
      return answerOfApi(200, change?.state ?? api);
    },
    dependencies,
  );
}
