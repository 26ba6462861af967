import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');
const page = read('docs/operate/verification.md');

test('every file that the page names is there', () => {
  const named = [...page.matchAll(/`((?:test|\.ci)\/[^`]+)`/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((path) => !existsSync(`${root}${path}`))).toEqual([]);
});

test('every line of the smoke test that it quotes is one that the smoke test prints', () => {
  const chapters = ['Calls', 'Changes', 'Records'];
  const quoted = [...page.matchAll(/«([^»]+)»/g)].map(([, line = '']) => line);
  const source = globSync('smoke/**/*.ts', { cwd: root }).map(read).join('\n');
  expect(quoted.length).toBeGreaterThan(15);
  expect(quoted.filter((line) => !chapters.includes(line) && !source.includes(line))).toEqual([]);
});

test('every promise says who proves it, and what only AWS can say', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('|') && !/^\|(-| promise)/.test(line));
  expect(rows.length).toBeGreaterThan(30);
  for (const row of rows) {
    const cells = row.split(' | ');
    expect({ row, cells: cells.length }).toEqual({ row, cells: 4 });
    expect(cells[2]).toMatch(/^((own|emulator|linters|policy evaluator|tools)(, |$))+$/);
    expect(cells[1]).toMatch(/`(test|\.ci)\//);
  }
});
