import { eventId } from '../../core/domain/ground/event-id.ts';
import { newItemId } from '../../core/domain/ground/idempotency.ts';
import { found } from '../../core/domain/ground/not-found.ts';
import { importedSecret } from '../../core/domain/imports/imported-key.ts';
import { createKey } from '../../core/domain/keys/api-key-lifecycle.ts';
import { newSecretId } from '../../core/domain/keys/api-key-secret.ts';
import { actsFor } from '../../core/domain/people/person.ts';
import { requireActive } from '../../core/domain/tenants/tenant.ts';
import { requireNoKeyIn } from '../../core/management/carried-key.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { importable, importRows, isOverAt, planRows, readRows } from '../../core/management/row-import.ts';
import { presentImport } from '../../core/management/schemas/import-schemas.ts';
import { keyRow, type keySchemas } from '../../core/management/schemas/key-schemas.ts';
import { withUsagePlanKey } from '../../core/management/usage-plan-key.ts';
import type { KeyDependencies } from './dependencies.ts';

/**
 * Makes API keys of texts that were issued elsewhere, or of their SHA-256 digests. Nothing is stored but keyed
 * digests. A text that led to a key before, whatever became of it, makes no other.
 */
export async function importKeys(
  request: OperationRequest<typeof keySchemas.importKeys>,
  { keys, tenants, aliases, usagePlanKeys, ...dependencies }: KeyDependencies,
): Promise<Answer> {
  const { context, person } = request;
  const { tenantId } = request.path;
  const { keyFormat, randomBytes, now, logger } = dependencies;
  const tenant = found(await tenants.get(tenantId));
  requireActive(tenant);
  const pepper = await dependencies.pepper();
  const takesDigests = person.tenants === '*';
  const onFailure = (row: number, error: unknown) =>
    logger?.error('row not imported', { requestId: context.requestId, row, error: error as Error });
  const newId = () => newItemId(undefined, randomBytes);
  const read = readRows(request.body.rows, keyRow);
  const planned = planRows(
    read.good,
    (row, { key, sha256, ...input }) => {
      requireNoKeyIn(input, keyFormat, key === undefined ? [] : [key]);
      const given = { keyFormat, pepper, takesDigests };
      const { fingerprint, ...secret } = importedSecret({ key, sha256 }, given);
      const newSecret = { ...secret, id: newSecretId(randomBytes) };
      const own = { ...context, eventId: eventId(context.now, randomBytes) };
      return {
        row,
        fingerprints: [{ param: 'key', fingerprint }],
        create: (id) =>
          importable(tenant, createKey(tenant, { ...input, keyId: `key_${id}` }, newSecret, own)),
      };
    },
    { newId, onFailure },
  );
  const done = await importRows(
    planned.good.map(({ plan }) => plan),
    {
      tenantId,
      aliases,
      pepper,
      publicId: (id) => `key_${id}`,
      insert: async (change) => keys.create(await withUsagePlanKey(change, usagePlanKeys, pepper), undefined),
      isOver: isOverAt(context.now, now),
      seesTenant: (id) => actsFor(person, id),
      onFailure,
    },
  );
  return { status: 200, body: presentImport([...read.bad, ...planned.bad, ...done]) };
}
