import { found } from '../../core/domain/ground/not-found.ts';
import { lastAdmittedOf } from '../../core/domain/usage/receipt.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { evidenceSchemas } from '../../core/management/schemas/evidence-schemas.ts';
import type { UsageDependencies } from './dependencies.ts';

/** The calls around the end of a key, as far as logs were counted. */
export async function getReceipt(
  { path }: OperationRequest<typeof evidenceSchemas.getReceipt>,
  { keys, receipts, lastUses }: UsageDependencies,
): Promise<Answer> {
  const { keyId } = found(await keys.get(path.tenantId, path.keyId));
  const [receipt, lastUse] = await Promise.all([receipts.get(keyId), lastUses.lastUseOf(keyId)]);
  const isOver = receipt === undefined || receipt.restoredAt !== undefined;
  return {
    status: 200,
    body: isOver
      ? { keyId, endedAt: null, lastAdmitted: lastAdmittedOf({}, lastUse), firstRefusedAt: null }
      : {
          keyId,
          endedAt: receipt.endedAt,
          lastAdmitted: lastAdmittedOf(receipt, lastUse),
          firstRefusedAt: receipt.firstRefusedAt ?? null,
        },
  };
}
