import { type Idempotency, wasAnswered } from '../../core/domain/ground/idempotency.ts';
import { found } from '../../core/domain/ground/not-found.ts';
import type { ApiKey } from '../../core/domain/keys/api-key.ts';
import { overlapOf } from '../../core/domain/keys/api-key-lifecycle.ts';
import { answerRepeatOfKey, planOnKey } from '../../core/management/key-plan.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { doOrWait, type Plan, repeated } from '../../core/management/plan.ts';
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
    const plan = await planOnKey({ operation: 'rotateKey', body }, path, context, dependencies, idempotency);
    const what = { operation: 'rotateKey', body: spokenOut(body, plan) } as const;
    return doOrWait(what, plan, context, dependencies, idempotency);
  });
}

/** What is asked, with what the usual overlap comes to: a second admin is to see it. */
function spokenOut(body: RotateRequest['body'], { before, tenant }: Plan<ApiKey>) {
  const { overlap } = body;
  if (overlap !== undefined) return { overlap };
  const key = found(before);
  return overlapOf(body, key, tenant(key));
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
