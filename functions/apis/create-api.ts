import { newItemId } from '../../core/domain/idempotency.ts';
import { createApi as decide } from '../../core/domain/protected-api.ts';
import type { Answer, OperationRequest } from '../../core/http/operation.ts';
import { idempotencyOfRequest, REPLAYED } from '../../core/http/replay.ts';
import { type apiSchemas, presentApi } from '../../core/http/schemas/api-schemas.ts';
import type { ApiDependencies } from './dependencies.ts';

/** Registers a protected API, under the id that was asked for or one of our own. */
export async function createApi(
  request: OperationRequest<typeof apiSchemas.createApi>,
  { apis, randomBytes }: ApiDependencies,
): Promise<Answer> {
  const { body, occasion } = request;
  const idempotency = idempotencyOfRequest('createApi', request);
  const apiId = body.apiId ?? `api_${newItemId(idempotency, randomBytes)}`;
  const { state, replayed } = await apis.create(decide({ ...body, apiId }, occasion), idempotency);
  const api = presentApi(state);
  return replayed ? { status: 200, headers: REPLAYED, body: api } : { status: 201, body: api };
}
