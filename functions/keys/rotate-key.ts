import { wasAnswered } from '../../core/domain/ground/idempotency.ts';
import { overlapOf } from '../../core/domain/keys/api-key-lifecycle.ts';
import { answerRepeatOfKey, planOnKey } from '../../core/management/key-plan.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { doOrWait, repeated } from '../../core/management/plan.ts';
import { idempotencyOfRequest } from '../../core/management/replay.ts';
import { repeatOfWaiting } from '../../core/management/request-approval.ts';
import type { keySchemas } from '../../core/management/schemas/key-schemas.ts';
import type { KeyDependencies } from './dependencies.ts';

/**
 * Gives a key another secret and shows it this once; a repeat with the same `Idempotency-Key` gets the record
 * alone and rotates nothing. Where it has to wait for a second admin, the secret made here is lost.
 */
export async function rotateKey(
  request: OperationRequest<typeof keySchemas.rotateKey>,
  dependencies: KeyDependencies,
): Promise<Answer> {
  const { path, body, context } = request;
  const idempotency = idempotencyOfRequest('rotateKey', request, path.keyId);
  if (idempotency !== undefined) {
    const key = await dependencies.keys.get(path.tenantId, path.keyId);
    if (key !== undefined && wasAnswered(key, idempotency)) {
      const lastUse = await dependencies.lastUses.lastUseOf(key.keyId);
      const tenant = await dependencies.tenants.get(key.tenantId);
      return repeated(answerRepeatOfKey(key, context, lastUse, tenant));
    }
    const waiting = await repeatOfWaiting(idempotency, context, dependencies);
    if (waiting !== undefined) return waiting;
  }
  // A second admin is to see what the usual overlap comes to.
  const { overlap } = body;
  const what = { operation: 'rotateKey', body: overlap ? { overlap } : overlapOf(body) } as const;
  const plan = await planOnKey(what, path, context, dependencies, idempotency);
  return doOrWait(what, plan, context, dependencies, idempotency);
}
