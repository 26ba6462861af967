import { tagOf } from '../../core/domain/ground/entity-tag.ts';
import { found, foundPart, notFound } from '../../core/domain/ground/not-found.ts';
import { shownDocument } from '../../core/domain/products/openapi-document.ts';
import { type Answer, type OperationRequest, tagged } from '../../core/management/operation.ts';
import type { apiSchemas } from '../../core/management/schemas/api-schemas.ts';
import type { ApiDependencies } from './dependencies.ts';
import { isSeen } from './seen-apis.ts';

const NO_DOCUMENT = 'This API has no OpenAPI document; PUT of the same path gives it one';

/** An API's description, as whoever asks may see it: of what is in no product of theirs there is none. */
export async function getOpenApi(
  { path, person }: OperationRequest<typeof apiSchemas.getApiOpenApi>,
  { apis, documents, ...dependencies }: ApiDependencies,
): Promise<Answer> {
  const api = found(await apis.get(path.apiId));
  if (!(await isSeen(api, person, dependencies))) throw notFound();
  const { document } = foundPart(api.openapi, NO_DOCUMENT);
  const text = await documents.text(api.apiId, document);
  const body = shownDocument(JSON.parse(text) as Record<string, unknown>, api, person.tenants === '*');
  return tagged(tagOf(api), { status: 200, body });
}
