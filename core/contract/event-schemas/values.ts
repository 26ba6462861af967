import * as z from 'zod';
import { SUBJECT_TYPES } from '../events.ts';

/** Values that the data of several events have in common. */

export const name = z.string();
export const environment = z.enum(['sandbox', 'live']);
export const permissions = z.array(z.string());
export const strings = z.array(z.string());
export const hint = z
  .string()
  .max(4)
  .meta({ description: 'Last four characters of the key; empty for a short imported one' });
export const reason = z.string().nullable().meta({ description: 'In the words of who did it' });
export const noData = z.strictObject({});

export const rateLimits = z
  .array(z.strictObject({ limit: z.int(), windowSeconds: z.int() }))
  .meta({ description: 'At most limit requests in any windowSeconds' });

export const quota = z.strictObject({ limit: z.int(), period: z.enum(['day', 'month']) });

export const imported = z
  .literal(true)
  .optional()
  .meta({ description: 'Present for what was issued elsewhere and imported' });

/** Of what can be carried out by an approval. */
export const approval = z
  .strictObject({ approvalId: z.string(), requestedBy: z.string(), decidedBy: z.string() })
  .optional()
  .meta({ description: 'Present when a second person approved it: the approval, who asked, who decided' });

export const about = z.strictObject({ type: z.enum(SUBJECT_TYPES), id: z.string() });

/** Both sides of an update, each with the fields that changed. */
export function changeOf<Shape extends z.ZodRawShape>(shape: Shape) {
  const side = z.strictObject(shape).partial();
  return {
    from: side.meta({ description: 'The fields that changed, as they were; null for absent' }),
    to: side.meta({ description: 'The same fields, as they are now' }),
  };
}

/** Of a registration by the program that rotates what it keeps. */
export const clientRequestToken = z
  .string()
  .optional()
  .meta({ description: 'Of the turn of a rotation, as Secrets Manager calls it' });
