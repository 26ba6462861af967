import * as z from 'zod';
import { FOREIGN_TEXT, FOREIGN_TEXT_RULE } from '../../domain/keys/foreign-key.ts';
import { rowOf } from './fields.ts';

/** What imports of API keys and of subscriptions have in common. */

const MOST_ROWS = 10_000;

/** What of an answer is left for the request in Lambda's 6 MB. */
export const LARGEST_IMPORT_BYTES = 5 * 1024 * 1024;

const key = z.string().regex(FOREIGN_TEXT, FOREIGN_TEXT_RULE).meta({ example: 'legacy-1f0c9a77b35e4d20' });
const sha256 = z
  .string()
  .regex(/^[0-9A-Fa-f]{64}$/, 'expected SHA-256 of the key’s text in 64 hex digits')
  .transform((text) => text.toLowerCase());

/** A key that was issued elsewhere: its text, or what an operator has of it where it was not kept. */
export const issuedKey = { key: key.optional(), sha256: sha256.optional() };

export function isOneOf({ key, sha256 }: { key?: string | undefined; sha256?: string | undefined }): boolean {
  return (key === undefined) !== (sha256 === undefined);
}
/** The same for whoever reads the OpenAPI document. */
export const ONE_OF_IN_DOCUMENT = { oneOf: [{ required: ['key'] }, { required: ['sha256'] }] };
export const ONE_OF = { error: 'expected either the key or its sha256', path: ['key'] };

/** A body whose rows are checked one by one, so that one that is wrong stops none of the others. */
export function importBody(row: z.ZodType) {
  return z.strictObject({ rows: z.array(rowOf(row)).min(1).max(MOST_ROWS) });
}

const rowResult = z.strictObject({
  row: z.number().int().meta({ description: 'Its place in the request, from 0' }),
  result: z.enum(['created', 'exists', 'invalid', 'pending']),
  id: z
    .string()
    .optional()
    .meta({ description: 'Of what was created, or exists', example: 'key_8sK2mQ4vXz1b' }),
  param: z.string().optional().meta({ description: 'The field that is wrong' }),
  message: z.string().optional().meta({ description: 'What is wrong' }),
});
export type RowResult = z.output<typeof rowResult>;

const count = z.number().int();
export const importAnswer = z
  .strictObject({
    results: z.array(rowResult),
    counts: z
      .strictObject({ created: count, exists: count, invalid: count, pending: count })
      .meta({ example: { created: 1, exists: 0, invalid: 0, pending: 0 } }),
  })
  .meta({ description: 'A result for every row; send the same body again until none is pending' });

/** An import's answer, in the order of its rows. */
export function presentImport(results: readonly RowResult[]): z.output<typeof importAnswer> {
  const counts = { created: 0, exists: 0, invalid: 0, pending: 0 };
  for (const { result } of results) counts[result] += 1;
  return { results: [...results].sort((a, b) => a.row - b.row), counts };
}

export const importedUse = z.enum(['used', 'unused', 'ended']);
export const importCounts = z
  .strictObject({ imported: count, used: count, unused: count, ended: count })
  .meta({
    description: 'Of those imported: used since, still unused, and ended without having been used',
    example: { imported: 120, used: 96, unused: 22, ended: 2 },
  });
