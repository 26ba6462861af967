import type { Surroundings } from '../../core/http/management-handler.ts';
import { type Operations, operation } from '../../core/http/operation.ts';
import { openApiSchemas } from '../../core/http/schemas/openapi-schemas.ts';
import { openApiDocument } from './document.ts';

const document = openApiDocument();

export const openApiOperations: Operations<'openapi', Surroundings> = {
  getOpenApi: operation(openApiSchemas.getOpenApi, async () => ({ status: 200, body: document })),
};
