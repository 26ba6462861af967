import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { tagOf } from '../../core/domain/ground/entity-tag.ts';
import { found, foundPart, notFound } from '../../core/domain/ground/not-found.ts';
import type { ApiKey } from '../../core/domain/keys/api-key.ts';
import { NOBODY_ROTATES } from '../../core/domain/keys/rotation-binding.ts';
import { actsFor } from '../../core/domain/people/person.ts';
import { countImported } from '../../core/management/import-counts.ts';
import { type Answer, type Operations, operation, tagged } from '../../core/management/operation.ts';
import { keySchemas } from '../../core/management/schemas/key-schemas.ts';
import { keyUseOf, presentKey } from '../../core/management/schemas/key-shape.ts';
import { rotationSchemas } from '../../core/management/schemas/rotation-schemas.ts';
import { changeKey } from './change-key.ts';
import { createKey } from './create-key.ts';
import type { KeyDependencies } from './dependencies.ts';
import { findKeys } from './find-keys.ts';
import { importKeys } from './import-keys.ts';
import { listKeys } from './list-keys.ts';
import { releaseImport } from './release-import.ts';
import { rotateKey } from './rotate-key.ts';

export const keyOperations: Operations<'keys', KeyDependencies> = {
  createKey: operation(keySchemas.createKey, createKey),
  importKeys: operation(keySchemas.importKeys, importKeys),
  releaseImport: operation(keySchemas.releaseImport, releaseImport),
  getKeyImport: operation(
    keySchemas.getKeyImport,
    async ({ path, context }, { keys, tenants }: KeyDependencies) => {
      found(await tenants.get(path.tenantId));
      const use = (key: Parameters<typeof keyUseOf>[0]) => keyUseOf(key, context.now);
      return { status: 200, body: await countImported(keys.imported(path.tenantId), use) };
    },
  ),
  listKeys: operation(keySchemas.listKeys, listKeys),
  findKeys: operation(keySchemas.findKeys, findKeys),
  getKeyById: operation(
    keySchemas.getKeyById,
    async ({ path, person, context }, { keys, ...dependencies }: KeyDependencies) => {
      const key = found(await keys.find(path.keyId));
      if (!actsFor(person, key.tenantId)) throw notFound();
      return answerOfKey(key, context, dependencies);
    },
  ),
  getKey: operation(
    keySchemas.getKey,
    async ({ path, context }, { keys, ...dependencies }: KeyDependencies) => {
      const key = found(await keys.get(path.tenantId, path.keyId));
      return answerOfKey(key, context, dependencies);
    },
  ),
  updateKey: operation(keySchemas.updateKey, (request, dependencies: KeyDependencies) =>
    changeKey({ operation: 'updateKey', body: request.body }, request, dependencies),
  ),
  rotateKey: operation(keySchemas.rotateKey, rotateKey),
  endOverlap: operation(keySchemas.endOverlap, (request, dependencies: KeyDependencies) =>
    changeKey({ operation: 'endOverlap', body: request.body }, request, dependencies),
  ),
  disableKey: operation(keySchemas.disableKey, (request, dependencies: KeyDependencies) =>
    changeKey({ operation: 'disableKey', body: request.body }, request, dependencies),
  ),
  enableKey: operation(keySchemas.enableKey, (request, dependencies: KeyDependencies) =>
    changeKey({ operation: 'enableKey', body: request.body }, request, dependencies),
  ),
  getKeyRotation: operation(rotationSchemas.getKeyRotation, async ({ path }, { keys }: KeyDependencies) => {
    const key = found(await keys.get(path.tenantId, path.keyId));
    return tagged(tagOf(key), { status: 200, body: foundPart(key.rotation, NOBODY_ROTATES) });
  }),
  putKeyRotation: operation(rotationSchemas.putKeyRotation, (request, dependencies: KeyDependencies) =>
    changeKey({ operation: 'putKeyRotation', body: request.body }, request, dependencies),
  ),
  deleteKeyRotation: operation(
    rotationSchemas.deleteKeyRotation,
    async (request, dependencies: KeyDependencies) => {
      await changeKey({ operation: 'deleteKeyRotation', body: {} }, request, dependencies);
      return { status: 204 };
    },
  ),
  revokeKey: operation(keySchemas.revokeKey, (request, dependencies: KeyDependencies) =>
    changeKey({ operation: 'revokeKey', body: request.body }, request, dependencies),
  ),
};

async function answerOfKey(
  key: ApiKey,
  { now }: ChangeContext,
  { tenants, lastUses }: Pick<KeyDependencies, 'tenants' | 'lastUses'>,
): Promise<Answer> {
  const [tenant, lastUse] = await Promise.all([tenants.get(key.tenantId), lastUses.lastUseOf(key.keyId)]);
  return tagged(tagOf(key), { status: 200, body: presentKey(key, now, lastUse, tenant) });
}
