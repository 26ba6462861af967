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
 * scheme gets its client key with it.
 */
export async function createApi(
  request: OperationRequest<typeof apiSchemas.createApi>,
  { apis, showableKeys, ...dependencies }: ApiDependencies,
): Promise<Answer> {
  const { body, context } = request;
  const { keyFormat, randomBytes } = dependencies;
  const idempotency = idempotencyOfRequest('createApi', request);
  const apiId = body.apiId ?? `api_${newItemId(idempotency, randomBytes)}`;
  const made = idempotency && (await apis.made(apiId, idempotency));
  if (made !== undefined) return repeated(answerOfApi(200, made));
  const kept = async () => {
    const mint = { keyFormat, randomBytes, pepper: await dependencies.pepper() };
    const minted = mintShowable('ck', apiId, body.environment, mint);
    return clientKeyOf(await showableKeys.keep({ owner: apiId, slot: 'clientKey' }, minted), context.now);
  };
  const clientKey = body.scheme === 'subscription' ? await kept() : undefined;
  const change = decide({ ...body, apiId }, clientKey, context);
  if (idempotency !== undefined) await apis.claim(idempotency);
  const { state, replayed } = await apis.create(change, idempotency);
  return replayed ? repeated(answerOfApi(200, state)) : answerOfApi(201, state);
}
