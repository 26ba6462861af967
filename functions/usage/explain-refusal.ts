import { REFUSALS } from '../../core/contract/refusals.ts';
import { meaningOf } from '../../core/domain/decision/causes.ts';
import { explain } from '../../core/domain/decision/explanation.ts';
import { notFound } from '../../core/domain/ground/not-found.ts';
import { actsFor } from '../../core/domain/people/person.ts';
import { networkOfAddress } from '../../core/domain/usage/key-use.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { evidenceSchemas } from '../../core/management/schemas/evidence-schemas.ts';
import type { KeptRefusal } from '../../core/store/refusal-store.ts';
import type { UsageDependencies } from './dependencies.ts';

/**
 * Why a request was refused. A tenant's admin sees what was refused of its own keys, also where somebody had the id
 * and not the secret; what is nobody's the operator alone. To everybody else there is no such request.
 */
export async function explainRefusal(
  { path, person }: OperationRequest<typeof evidenceSchemas.explainRefusal>,
  { refusals, tenantOf }: UsageDependencies,
): Promise<Answer> {
  const { requestId } = path;
  const kept = await refusals.of(requestId);
  const whose = await Promise.all(kept.map(async (one) => ({ one, tenantId: await ownerOf(one, tenantOf) })));
  const visible = whose.filter(({ tenantId }) =>
    tenantId === undefined ? person.tenants === '*' : actsFor(person, tenantId),
  );
  if (visible.length === 0) throw notFound();
  return {
    status: 200,
    body: { requestId, refusals: visible.map(({ one, tenantId }) => present(one, tenantId)) },
  };
}

/** Whose key it was: verified, or named with what says something of that very key. */
async function ownerOf(
  { owner, keyId, cause }: KeptRefusal,
  tenantOf: UsageDependencies['tenantOf'],
): Promise<string | undefined> {
  if (owner !== undefined) return owner.tenantId;
  if (keyId === undefined || !meaningOf(cause).against.includes('key')) return undefined;
  return tenantOf(keyId);
}

function present({ time, code, cause, keyId, sourceIp }: KeptRefusal, tenantId: string | undefined) {
  return {
    at: new Date(time).toISOString(),
    status: REFUSALS[code].status,
    code,
    cause,
    keyId: keyId ?? null,
    tenantId: tenantId ?? null,
    network: networkOfAddress(sourceIp),
    ...explain(cause, keyId),
  };
}
