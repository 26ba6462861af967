import { found, notFound } from '../../core/domain/ground/not-found.ts';
import { decodeCursor, encodeCursor } from '../../core/management/cursor.ts';
import { type Operations, operation } from '../../core/management/operation.ts';
import { answerOfApi, apiSchemas, presentApi } from '../../core/management/schemas/api-schemas.ts';
import { createApi } from './create-api.ts';
import type { ApiDependencies } from './dependencies.ts';
import { getOpenApi } from './get-openapi.ts';
import { publishClientKey, unpublishClientKey } from './publish-client-key.ts';
import { putOpenApi } from './put-openapi.ts';
import { regenerateClientKey } from './regenerate-client-key.ts';
import { revealClientKey } from './reveal-client-key.ts';
import { isSeen, seenBy } from './seen-apis.ts';
import { updateApi } from './update-api.ts';

const LIST = 'apis';

export const apiOperations: Operations<'apis', ApiDependencies> = {
  createApi: operation(apiSchemas.createApi, createApi),
  listApis: operation(
    apiSchemas.listApis,
    async ({ query, person }, { apis, ...dependencies }: ApiDependencies) => {
      const before = decodeCursor(LIST, query.cursor);
      const matches = await seenBy(person, dependencies);
      const page = await apis.list({ limit: query.limit, before, matches });
      return {
        status: 200,
        body: { items: page.items.map(presentApi), nextCursor: encodeCursor(LIST, page.next) },
      };
    },
  ),
  getApi: operation(
    apiSchemas.getApi,
    async ({ path, person }, { apis, ...dependencies }: ApiDependencies) => {
      const api = found(await apis.get(path.apiId));
      if (!(await isSeen(api, person, dependencies))) throw notFound();
      return answerOfApi(200, api);
    },
  ),
  updateApi: operation(apiSchemas.updateApi, updateApi),
  putApiOpenApi: operation(apiSchemas.putApiOpenApi, putOpenApi),
  getApiOpenApi: operation(apiSchemas.getApiOpenApi, getOpenApi),
  revealClientKey: operation(apiSchemas.revealClientKey, revealClientKey),
  regenerateClientKey: operation(apiSchemas.regenerateClientKey, regenerateClientKey),
  publishClientKey: operation(apiSchemas.publishClientKey, publishClientKey),
  unpublishClientKey: operation(apiSchemas.unpublishClientKey, unpublishClientKey),
};
