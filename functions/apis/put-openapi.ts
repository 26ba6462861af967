import { found } from '../../core/domain/ground/not-found.ts';
import { callersOperationsOf, operationsOf } from '../../core/domain/products/openapi-document.ts';
import { describeApi } from '../../core/domain/products/protected-api.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { answerOfApi, type apiSchemas } from '../../core/management/schemas/api-schemas.ts';
import { readOpenApiDocument } from '../../core/management/schemas/openapi-shape.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { ApiDependencies } from './dependencies.ts';

/** Takes an API's description in place of the one before. It is kept before the write that refers to it. */
export async function putOpenApi(
  { path, body, context }: OperationRequest<typeof apiSchemas.putApiOpenApi>,
  { apis, documents, ...dependencies }: ApiDependencies,
): Promise<Answer> {
  const { apiId } = path;
  const read = found(await apis.get(apiId));
  const { info } = readOpenApiDocument(body);
  const document = await documents.add(apiId, JSON.stringify(body));
  const described = {
    document,
    title: info.title,
    version: info.version,
    operations: operationsOf(body).length,
    callersOperations: callersOperationsOf(body).length,
  };
  return decideUntilWritten(
    read,
    context,
    async (before, own) => {
      const change = describeApi(before, described, own);
      await apis.update(before, change);
      if (before.openapi) await documents.release(apiId, before.openapi.document, own.now);
      return answerOfApi(200, change.state);
    },
    dependencies,
  );
}
