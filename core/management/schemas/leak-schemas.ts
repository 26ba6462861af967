import * as z from 'zod';
import type { OperationSchema } from '../operation.ts';
import { rowOf } from './fields.ts';

const MOST_KEYS = 100;
const MOST_MATCHES = 1000;
/** What is longer holds more than a key. */
export const LONGEST_TEXT = 4000;

/** What GitHub sends of each match; fields that it adds one day are let through. */
export const githubMatch = z.looseObject({
  token: z.string().max(LONGEST_TEXT).meta({ example: 'sk_live_8sK2mQ4vXz1b…28kj' }),
  type: z.string().max(200).meta({ example: 'keywright_secret_key' }),
  url: z.string().max(LONGEST_TEXT).nullish().catch(undefined),
  source: z.string().max(200).nullish().catch(undefined),
});

/** Matches are read one by one, so that one that is not as expected keeps none of the others. */
export const githubMatches = z.array(rowOf(githubMatch)).max(MOST_MATCHES);

const verdict = z.strictObject({
  token_hash: z.string().meta({
    description: 'SHA-256 of the token, in hex',
    example: 'a1ce44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8550',
  }),
  token_type: z.string().meta({ example: 'keywright_secret_key' }),
  label: z.enum(['true_positive', 'false_positive']),
});

export const leakSchemas = {
  reportLeaks: {
    summary: 'Report keys that strangers can see; whoever holds a key may end it',
    open: true,
    acceptsKeys: true,
    rows: 'keys',
    body: z.strictObject({
      keys: z
        .array(rowOf(z.string().max(LONGEST_TEXT)))
        .min(1)
        .max(MOST_KEYS)
        .meta({
          description:
            'Whole keys, one in each text, as they were found: quotes, Bearer and the like around them are left out. A part of a key proves nothing',
          example: ['sk_live_8sK2mQ4vXz1b…28kj'],
        }),
    }),
    answers: {
      200: z.strictObject({
        outcomes: z.array(z.enum(['ended', 'reported', 'public', 'unknown', 'failed'])).meta({
          description:
            'One for each key, in their order. ended: it works no more; reported: its owners have been told; public: it is meant to be seen; unknown: no key of ours; failed: it could not be looked at, report it once more',
        }),
      }),
    },
  },
  reportLeaksFromGitHub: {
    summary: 'GitHub’s secret-scanning partner protocol: matches found in public places',
    open: true,
    acceptsKeys: true,
    signedBody: githubMatches,
    answers: { 200: z.array(verdict).meta({ description: 'What each of them was' }) },
  },
} as const satisfies Record<string, OperationSchema>;
