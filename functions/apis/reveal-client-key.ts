import { found } from '../../core/domain/ground/not-found.ts';
import { revealClientKey as decide, requireClientKey } from '../../core/domain/products/client-key.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { apiSchemas } from '../../core/management/schemas/api-schemas.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { ApiDependencies } from './dependencies.ts';
import { openClientKey } from './open-client-key.ts';

/** Shows an API's client key, once the showing is on record. */
export async function revealClientKey(
  { path, context }: OperationRequest<typeof apiSchemas.revealClientKey>,
  { apis, ...dependencies }: ApiDependencies,
): Promise<Answer> {
  const read = found(await apis.get(path.apiId));
  return decideUntilWritten(
    read,
    context,
    async (api, own) => {
      const clientKey = await openClientKey(api, requireClientKey(api), dependencies);
      await apis.update(api, decide(api, own));
      return { status: 200, body: { clientKey } };
    },
    dependencies,
  );
}
