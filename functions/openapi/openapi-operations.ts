import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import { type Operations, operation } from '../../core/management/operation.ts';
import { openApiSchemas } from '../../core/management/schemas/openapi-schemas.ts';
import { openApiDocument } from './document.ts';

const document = openApiDocument();

export const openApiOperations: Operations<'openapi', HandlerDependencies> = {
  getOpenApi: operation(openApiSchemas.getOpenApi, async () => ({ status: 200, body: document })),
};
