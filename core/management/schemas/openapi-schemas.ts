import * as z from 'zod';
import type { OperationSchema } from '../operation.ts';

export const openApiSchemas = {
  discover: {
    summary: 'Read where people sign in, which is all that the command needs to be told',
    open: true,
    answers: {
      200: z
        .strictObject({
          issuer: z
            .string()
            .meta({ description: 'Of the access tokens; its discovery document lies below it' }),
          clientId: z
            .string()
            .nullable()
            .meta({ description: 'Whom the command signs people in as; null where nobody said' }),
        })
        .meta({ id: 'Discovery' }),
    },
  },
  getOpenApi: {
    summary: 'Read this description of the API',
    open: true,
    answers: { 200: z.looseObject({ openapi: z.literal('3.1.0') }) },
  },
} as const satisfies Record<string, OperationSchema>;
