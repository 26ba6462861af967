import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { judgedEquivalents, staleEquivalents } from './equivalents.ts';
import { mutationsOf } from './mutations.ts';

test('every mutant that was judged equivalent is of a text that is still there', () => {
  expect(staleEquivalents(join(import.meta.dirname, '../..'))).toEqual([]);
});

test('every judgement says in a sentence why', () => {
  for (const { reason } of judgedEquivalents()) expect(reason.length).toBeGreaterThan(20);
});

test('mutants are small changes of what runs, and of nothing that only people read', () => {
  const text = [
    "import { a } from './a.ts';",
    'export async function f(x: 1 | 2): Promise<number> {',
    "  if (x < a && x > 0) throw new Error('too small');",
    '  return (await g({ ConsistentRead: true })) ?? 7;',
    '}',
  ].join('\n');
  const applied = mutationsOf('f.ts', text).map(
    ({ start, end, replacement }) => text.slice(0, start) + replacement + text.slice(end),
  );
  const expected = [
    ['x < a', 'x <= a'],
    ['x < a', 'x >= a'],
    ['x > 0', 'x >= 0'],
    ['&&', '||'],
    ['x < a && x > 0', 'true'],
    ['x < a && x > 0', 'x < a'],
    ["throw new Error('too small');", ';'],
    ['{ ConsistentRead: true }', '{}'],
    ['true', 'false'],
    ['(await g({ ConsistentRead: true })) ?? 7', '(await g({ ConsistentRead: true }))'],
    ['await g', 'g'],
    ['7', '8'],
  ] as const;
  const missing = expected.filter(([from, to]) => !applied.includes(text.replace(from, to)));
  expect(missing).toEqual([]);
  expect(applied.every((one) => one.includes("'too small'") || !one.includes('new Error'))).toBe(true);
  expect(applied.every((one) => one.includes('x: 1 | 2') && one.includes("'./a.ts'"))).toBe(true);
});
