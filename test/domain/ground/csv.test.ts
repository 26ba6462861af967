import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { csvOf } from '../../../core/domain/ground/csv.ts';

const cell = (value: string | number | null) => csvOf(['a'], [{ a: value }]).slice('a\r\n'.length, -2);

test('a row for each, in the columns’ order, what is not known empty', () => {
  const rows = [{ b: 'x', a: 1 }, { a: null }];
  expect(csvOf(['a', 'b'], rows)).toBe('a,b\r\n1,x\r\n,\r\n');
});

test.each([
  ['a,b', '"a,b"'],
  ['a"b', '"a""b"'],
  ['a\nb', '"a\nb"'],
  ['GET /v1/orders', 'GET /v1/orders'],
  [-5, '-5'],
])('%j is written as %j', (value, text) => expect(cell(value)).toBe(text));

test.each([
  ...[
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    ' =1',
    '\n@x',
    '%0A=1',
    '|cmd',
    '＝1',
    '\u200b=1',
    '\ufeff=1',
  ],
])('%j is no formula any more', (text) => {
  expect(cell(text).replace(/^"/, '')).toMatch(/^'/);
});

test('whatever is in a cell, it is one cell, and what is read from it does not begin as a formula', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const written = cell(text);
      const isQuoted = written.startsWith('"');
      if (!isQuoted) expect(written).not.toMatch(/[",\r\n]/);
      const read = isQuoted ? written.slice(1, -1).replaceAll('""', '"') : written;
      if (isQuoted) expect(written.slice(1, -1).replaceAll('""', '')).not.toContain('"');
      expect(read).not.toMatch(/^[=+\-@\t\r]/);
      expect([text, `'${text}`]).toContain(read);
    }),
  );
});
