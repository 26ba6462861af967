import * as z from 'zod';
import type { OperationSchema } from '../operation.ts';

export const openApiSchemas = {
  getOpenApi: {
    summary: 'Read this description of the API',
    open: true,
    answers: { 200: z.looseObject({ openapi: z.literal('3.1.0') }) },
  },
} as const satisfies Record<string, OperationSchema>;
