import { tagOf } from '../../core/domain/ground/entity-tag.ts';
import { found, foundPart, notFound } from '../../core/domain/ground/not-found.ts';
import type { Person } from '../../core/domain/people/person.ts';
import { shownDocument } from '../../core/domain/products/openapi-document.ts';
import { isVisible } from '../../core/domain/products/product.ts';
import type { ProtectedApi } from '../../core/domain/products/protected-api.ts';
import { type Answer, type OperationRequest, tagged } from '../../core/management/operation.ts';
import type { apiSchemas } from '../../core/management/schemas/api-schemas.ts';
import type { ApiDependencies } from './dependencies.ts';

const NO_DOCUMENT = 'This API has no OpenAPI document; PUT of the same path gives it one';

/** An API's description, as whoever asks may see it: of what is in no product of theirs there is none. */
export async function getOpenApi(
  { path, person }: OperationRequest<typeof apiSchemas.getApiOpenApi>,
  { apis, products, documents }: ApiDependencies,
): Promise<Answer> {
  const api = found(await apis.get(path.apiId));
  if (!(await isOpenTo(api, person, products))) throw notFound();
  const { document } = foundPart(api.openapi, NO_DOCUMENT);
  const text = await documents.text(api.apiId, document);
  const body = shownDocument(JSON.parse(text) as Record<string, unknown>, api, person.tenants === '*');
  return tagged(tagOf(api), { status: 200, body });
}

/** Every tenant's keys call an API of the tenant scheme; of the others it takes a product. */
async function isOpenTo(
  { apiId, scheme }: ProtectedApi,
  { tenants }: Pick<Person, 'tenants'>,
  products: ApiDependencies['products'],
): Promise<boolean> {
  if (tenants === '*' || scheme === 'tenant') return true;
  let before: string | undefined;
  do {
    const page = await products.list({
      ...{ limit: 1, before },
      matches: (product) => product.apiIds.includes(apiId) && isVisible(product, tenants),
    });
    if (page.items.length > 0) return true;
    before = page.next ?? undefined;
  } while (before !== undefined);
  return false;
}
