import { newItemId } from '../../core/domain/ground/idempotency.ts';
import { mintShowable } from '../../core/domain/keys/showable-key.ts';
import { clientKeyOf } from '../../core/domain/products/client-key.ts';
import { createApi as decide } from '../../core/domain/products/protected-api.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { repeated } from '../../core/management/plan.ts';
import { idempotencyOfRequest } from '../../core/management/replay.ts';
import { answerOfApi, type apiSchemas } from '../../core/management/schemas/api-schemas.ts';
import type { ApiDependencies } from './dependencies.ts';

/**
 * Registers a protected API, under the id that was asked for or one of our own. One of the subscription
 * scheme gets its client key, whose text is kept before the API exists.
 */
export async function createApi(
  request: OperationRequest<typeof apiSchemas.createApi>,
  { apis, clientKeys, ...dependencies }: ApiDependencies,
): Promise<Answer> {
  const { body, context } = request;
  const { keyFormat, randomBytes } = dependencies;
  const idempotency = idempotencyOfRequest('createApi', request);
  const apiId = body.apiId ?? `api_${newItemId(idempotency, randomBytes)}`;
  const made = idempotency && (await apis.made(apiId, idempotency));
  if (made !== undefined) return repeated(answerOfApi(200, made));
  const mint = async () => ({ keyFormat, randomBytes, pepper: await dependencies.pepper() });
  const key =
    body.scheme === 'subscription' ? mintShowable('ck', apiId, body.environment, await mint()) : undefined;
  const change = decide({ ...body, apiId }, key && clientKeyOf(key, context.now), context);
  if (idempotency !== undefined) await apis.claim(idempotency);
  // Where there is one already, the insertion says what that means, and no key is kept for nothing.
  if (key !== undefined && (await apis.get(apiId)) === undefined) {
    await clientKeys.add(apiId, [key.text], { now: context.now, isNeeded: () => true });
  }
  const { state, replayed } = await apis.create(change, idempotency);
  return replayed ? repeated(answerOfApi(200, state)) : answerOfApi(201, state);
}
