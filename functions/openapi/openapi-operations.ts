import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import { type Operations, operation } from '../../core/management/operation.ts';
import { openApiSchemas } from '../../core/management/schemas/openapi-schemas.ts';
import { openApiDocument } from './document.ts';

export interface OpenApiDependencies extends HandlerDependencies {
  /** Where people sign in. */
  readonly discovery: { readonly issuer: string; readonly clientId: string | null };
}

const document = openApiDocument();

export const openApiOperations: Operations<'openapi', OpenApiDependencies> = {
  discover: operation(openApiSchemas.discover, async (_, { discovery }: OpenApiDependencies) => ({
    status: 200,
    body: discovery,
  })),
  getOpenApi: operation(openApiSchemas.getOpenApi, async () => ({ status: 200, body: document })),
};
