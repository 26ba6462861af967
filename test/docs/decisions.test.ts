import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const folder = fileURLToPath(new URL('../../docs/decisions/', import.meta.url));
const read = (file: string) => readFileSync(`${folder}${file}`, 'utf8');
const files = globSync('[0-9]*.md', { cwd: folder }).sort();

test('a number is given to one decision alone, so that it always means the same one', () => {
  const numbers = files.map((file) => file.slice(0, 4));
  expect(numbers).toEqual([...new Set(numbers)]);
});

test.each(files)('%s says its number, its status and its date, and the index says them too', (file) => {
  const form =
    /^# (\d+)\. (.+)\n\nStatus: ([^·\n]+) · Date: (\d{4}-\d\d-\d\d)(?:, last changed (\d{4}-\d\d-\d\d))?\n/;
  const [, number, title, status, first, last] = form.exec(read(file)) ?? [];
  expect(Number(number)).toBe(Number(file.slice(0, 4)));
  expect(status).toMatch(/^(proposed|accepted|withdrawn|superseded by \[\d{4}\]\(\d{4}-[\w-]+\.md\))$/);
  const dates = last === undefined ? first : `${first}, ${last}`;
  expect(read('README.md')).toContain(
    `\n| [${file.slice(0, 4)}](${file}) | ${title} | ${status} | ${dates} |\n`,
  );
});
