import { found } from '../../core/domain/ground/not-found.ts';
import { DAY_MILLISECONDS, overlapUseOf } from '../../core/domain/usage/overlap-use.ts';
import { hourOf } from '../../core/domain/usage/usage-tally.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { evidenceSchemas } from '../../core/management/schemas/evidence-schemas.ts';
import type { UsageDependencies } from './dependencies.ts';

/** Who uses which of a key's two secrets. */
export async function getOverlap(
  { path, query, context }: OperationRequest<typeof evidenceSchemas.getOverlap>,
  { keys, lastUses, usage }: UsageDependencies,
): Promise<Answer> {
  const { now } = context;
  const key = found(await keys.get(path.tenantId, path.keyId));
  const { keyId } = key;
  const [lastUse, hours] = await Promise.all([
    lastUses.lastUseOf(keyId),
    usage.counts(
      { kind: 'credential', keyId },
      hourOf(now.getTime() - DAY_MILLISECONDS),
      hourOf(now.getTime()),
    ),
  ]);
  return { status: 200, body: overlapUseOf(key, { lastUse, hours, now, ...query }) };
}
