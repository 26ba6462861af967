import { type Idempotency, wasAnswered } from '../../core/domain/ground/idempotency.ts';
import { overlapOf } from '../../core/domain/keys/api-key-lifecycle.ts';
import { answerRepeatOfKey, planOnKey } from '../../core/management/key-plan.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { doOrWait, repeated } from '../../core/management/plan.ts';
import { idempotencyOfRequest, onceOnly } from '../../core/management/replay.ts';
import { repeatOfWaiting } from '../../core/management/request-approval.ts';
import type { keySchemas } from '../../core/management/schemas/key-schemas.ts';
import type { KeyDependencies } from './dependencies.ts';

type RotateRequest = OperationRequest<typeof keySchemas.rotateKey>;

/**
 * Gives a key another secret and shows it this once; a repeat with the same `Idempotency-Key` gets the record
 * alone and rotates nothing. Where it has to wait for a second admin, the secret made here is lost.
 */
export async function rotateKey(request: RotateRequest, dependencies: KeyDependencies): Promise<Answer> {
  const { path, body, context } = request;
  const idempotency = idempotencyOfRequest('rotateKey', request, path.keyId);
  const repeat = async () => idempotency && repeatOf(idempotency, request, dependencies);
  return onceOnly(repeat, async () => {
    // A second admin is to see what the usual overlap comes to.
    const { overlap } = body;
    const what = { operation: 'rotateKey', body: overlap ? { overlap } : overlapOf(body) } as const;
    const plan = await planOnKey(what, path, context, dependencies, idempotency);
    return doOrWait(what, plan, context, dependencies, idempotency);
  });
}

async function repeatOf(
  idempotency: Idempotency,
  { path, context }: RotateRequest,
  dependencies: KeyDependencies,
): Promise<Answer | undefined> {
  const key = await dependencies.keys.get(path.tenantId, path.keyId);
  if (key === undefined || !wasAnswered(key, idempotency)) {
    return repeatOfWaiting(idempotency, context, dependencies);
  }
  const lastUse = await dependencies.lastUses.lastUseOf(key.keyId);
  const tenant = await dependencies.tenants.get(key.tenantId);
  return repeated(answerRepeatOfKey(key, context, lastUse, tenant));
}
