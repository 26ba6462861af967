import { found, notFound } from '../../core/domain/ground/not-found.ts';
import { ownerOf, releaseAlias } from '../../core/domain/imports/imported-key.ts';
import { fingerprintOf } from '../../core/domain/keys/foreign-key.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { keySchemas } from '../../core/management/schemas/key-schemas.ts';
import type { KeyDependencies } from './dependencies.ts';

/**
 * Lets an operator release a text that was imported where it does not belong, once it opens nothing there.
 * What an import has left that was stopped leads to no credential: the next import takes that by itself.
 */
export async function releaseImport(
  { body, context }: OperationRequest<typeof keySchemas.releaseImport>,
  { aliases, credentials, ...dependencies }: KeyDependencies,
): Promise<Answer> {
  const pepper = await dependencies.pepper();
  const fingerprint = body.sha256 ?? fingerprintOf(body.key ?? '');
  const digests = pepper.digests(fingerprint);
  const [alias] = await aliases.find([digests]);
  if (alias === undefined || alias.released) throw notFound();
  const credential = found(await credentials.get(alias.credentialId));
  await aliases.release(digests, releaseAlias(alias, credential, { fingerprint, pepper }, context));
  return { status: 200, body: { id: ownerOf(alias).id, tenantId: alias.tenantId } };
}
