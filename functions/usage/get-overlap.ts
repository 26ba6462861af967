import { found, notFound } from '../../core/domain/ground/not-found.ts';
import type { ApiKey } from '../../core/domain/keys/api-key.ts';
import { actsFor } from '../../core/domain/people/person.ts';
import { DAY_MILLISECONDS, overlapUseOf } from '../../core/domain/usage/overlap-use.ts';
import { hourOf } from '../../core/domain/usage/usage-tally.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { evidenceSchemas } from '../../core/management/schemas/evidence-schemas.ts';
import type { UsageDependencies } from './dependencies.ts';

type Request = OperationRequest<typeof evidenceSchemas.getOverlap>;
type RequestById = OperationRequest<typeof evidenceSchemas.getOverlapById>;

/** Who uses which of a key's two secrets. */
export async function getOverlap(request: Request, dependencies: UsageDependencies): Promise<Answer> {
  const { tenantId, keyId } = request.path;
  return answerOf(found(await dependencies.keys.get(tenantId, keyId)), request, dependencies);
}

/** The same of a key whose tenant isn't named. */
export async function getOverlapById(request: RequestById, dependencies: UsageDependencies): Promise<Answer> {
  const key = found(await dependencies.keys.find(request.path.keyId));
  if (!actsFor(request.person, key.tenantId)) throw notFound();
  return answerOf(key, request, dependencies);
}

async function answerOf(
  key: ApiKey,
  { query, context: { now } }: Pick<Request, 'query' | 'context'>,
  { lastUses, usage }: UsageDependencies,
): Promise<Answer> {
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
