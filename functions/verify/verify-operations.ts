import { REFUSALS } from '../../core/contract/refusals.ts';
import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { type Operations, operation } from '../../core/management/operation.ts';
import { type VerifyRequest, verifySchemas } from '../../core/management/schemas/verify-schemas.ts';
import type { VerifyDependencies } from './dependencies.ts';
import { verifyBatch, verifyKey } from './verify-keys.ts';

export const verifyOperations: Operations<'verify', VerifyDependencies> = {
  verify: operation(verifySchemas.verify, async (request, dependencies: VerifyDependencies) => {
    const { requests, ...single } = request.body;
    // The schema asks for a key where there are no requests.
    const results =
      requests === undefined
        ? [await verifyKey(single as VerifyRequest, request.requestId, dependencies)]
        : await verifyBatch(requests, request.requestId, dependencies);
    const asked = results.filter(({ code }) => code !== 'invalid_request');
    if (asked.length > 0 && asked.every(({ code }) => code === 'authorizer_unavailable')) {
      throw new DomainError('authorizer_unavailable', REFUSALS.authorizer_unavailable.message);
    }
    return { status: 200, body: requests === undefined ? results[0] : { results } };
  }),
};
