import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { found } from '../../core/domain/ground/not-found.ts';
import { revealClientKey as decide, requireClientKey } from '../../core/domain/products/client-key.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { apiSchemas } from '../../core/management/schemas/api-schemas.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { ApiDependencies } from './dependencies.ts';

/** Shows an API's client key, once the showing is on record. */
export async function revealClientKey(
  { path, context }: OperationRequest<typeof apiSchemas.revealClientKey>,
  { apis, showableKeys, ...dependencies }: ApiDependencies,
): Promise<Answer> {
  const read = found(await apis.get(path.apiId));
  return decideUntilWritten(
    read,
    context,
    async (api, own) => {
      const { digest } = requireClientKey(api);
      const pepper = await dependencies.pepper([digest.pepper]);
      const kept = { digest, sealed: api.sealedClientKey };
      const clientKey = await showableKeys.open({ owner: api.apiId, slot: 'clientKey' }, kept, pepper);
      if (clientKey === undefined) {
        throw new DomainError('invalid_state', 'The client key can no longer be shown; regenerate it');
      }
      await apis.update(api, decide(api, own));
      return { status: 200, body: { clientKey } };
    },
    dependencies,
  );
}
