import type * as z from 'zod';
import { invalidInput } from '../../core/management/input-faults.ts';

/** What the API would say is wrong with an input, by its own schema; empty where that finds nothing. Never repeats a value. */
export function faultsOf(schema: z.ZodType, input: unknown): readonly string[] {
  const { error } = schema.safeParse(input);
  return error === undefined ? [] : (invalidInput(error).details ?? []).map(({ message }) => message);
}
