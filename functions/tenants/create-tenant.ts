import { newItemId } from '../../core/domain/ground/idempotency.ts';
import { createTenant as decide } from '../../core/domain/tenants/tenant.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { repeated } from '../../core/management/plan.ts';
import { idempotencyOfRequest } from '../../core/management/replay.ts';
import type { tenantSchemas } from '../../core/management/schemas/tenant-schemas.ts';
import { answerOfTenant } from '../../core/management/tenant-plan.ts';
import type { TenantDependencies } from './dependencies.ts';

/** Creates a tenant, under the id that was asked for or one of our own. */
export async function createTenant(
  request: OperationRequest<typeof tenantSchemas.createTenant>,
  { tenants, randomBytes }: TenantDependencies,
): Promise<Answer> {
  const { body, context } = request;
  const idempotency = idempotencyOfRequest('createTenant', request);
  const tenantId = body.tenantId ?? generatedTenantId(newItemId(idempotency, randomBytes));
  const made = idempotency && (await tenants.made(tenantId, idempotency));
  if (made !== undefined) return repeated(answerOfTenant(200, made));
  const change = decide({ ...body, tenantId }, context);
  if (idempotency !== undefined) await tenants.claim(idempotency);
  const { state, replayed } = await tenants.create(change, idempotency);
  return replayed ? repeated(answerOfTenant(200, state)) : answerOfTenant(201, state);
}

/** Tenants are named in lower case; hexadecimal keeps every bit of the id. */
function generatedTenantId(itemId: string): string {
  return `tenant_${Buffer.from(itemId).toString('hex')}`;
}
