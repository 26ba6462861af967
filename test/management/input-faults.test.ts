import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { invalidInput } from '../../core/management/input-faults.ts';

const schema = z.strictObject({
  missing: z.string(),
  text: z.string().optional(),
  whole: z.int().optional(),
  choice: z.enum(['sandbox', 'live']).optional(),
  list: z.array(z.string()).max(1).optional(),
  most: z.number().max(3).optional(),
  least: z.string().min(2).optional(),
  flag: z.boolean().optional(),
  map: z.record(z.string().regex(/^[a-z]+$/, 'expected small letters'), z.string()).optional(),
  either: z.union([z.string(), z.number()]).optional(),
  multiple: z.number().multipleOf(5).optional(),
  own: z
    .string()
    .refine(() => false, 'only reading routes can be public')
    .optional(),
});

test('every fault of an input is told in words: what was expected, and not how a library says it', () => {
  const wrong = {
    ...{ text: 1, whole: 1.5, choice: 'dev', list: ['a', 'b'], most: 9, least: '' },
    ...{ flag: 'yes', map: { A: 'x' }, either: true, multiple: 3, own: 'x' },
  };
  const { details } = invalidInput(schema.safeParse(wrong).error as z.ZodError);
  expect(details?.map(({ message }) => message)).toEqual([
    'missing: missing; expected a text',
    'text: expected a text',
    'whole: expected a whole number',
    'choice: expected sandbox | live',
    'list: expected at most 1 items',
    'most: expected at most 3',
    'least: expected at least 2 characters',
    'flag: expected true or false',
    'map.A: expected small letters',
    'either: expected a text, or a number',
    'multiple: expected another value',
    'own: only reading routes can be public',
  ]);
  expect(details?.map(({ expected }) => expected)).not.toContain(undefined);
  expect(JSON.stringify(details)).not.toMatch(/Invalid|Too (?:big|small)|received|undefined/);
});

test('a field that is not known comes first, as the fault that a misspelling of another is', () => {
  const { message, details } = invalidInput(schema.safeParse({ mising: 'x' }).error as z.ZodError);
  expect(message).toBe('mising is not known here; leave it out');
  expect(details?.map(({ param }) => param)).toEqual(['mising', 'missing']);
});
