import * as z from 'zod';
import type { OperationSchema } from '../operation.ts';

export const openApiSchemas = {
  discover: {
    summary: 'Read where people sign in, which is all that the command needs to be told',
    open: true,
    answers: {
      200: z
        .strictObject({
          issuer: z.string().meta({
            description: 'Of the access tokens; its discovery document lies below it',
            example: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI',
          }),
          clientId: z.string().nullable().meta({
            description: 'Whom the command signs people in as; null where nobody said',
            example: '4qk2v0h8m1n6c3x9b7z5l0p2r4',
          }),
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
