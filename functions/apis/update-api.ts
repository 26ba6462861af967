import { found } from '../../core/domain/ground/not-found.ts';
import { updateApi as decide } from '../../core/domain/products/protected-api.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { answerOfApi, type apiSchemas } from '../../core/management/schemas/api-schemas.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { ApiDependencies } from './dependencies.ts';

/** Changes a protected API's name, route table, or what its callers must send. */
export async function updateApi(
  { path, body, context }: OperationRequest<typeof apiSchemas.updateApi>,
  { apis, ...dependencies }: ApiDependencies,
): Promise<Answer> {
  const read = found(await apis.get(path.apiId));
  return decideUntilWritten(
    read,
    context,
    async (before, own) => {
      const change = decide(before, body, own);
      if (change !== undefined) await apis.update(before, change);
      return answerOfApi(200, change?.state ?? before);
    },
    dependencies,
  );
}
