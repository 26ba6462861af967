import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

test('each sentence of docs/operate/static-stability.md about what callers see names a test that is there', () => {
  const page = new URL('../../docs/operate/static-stability.md', import.meta.url);
  const text = readFileSync(page, 'utf8');
  const links = [...text.matchAll(/\]\((\.\.\/\.\.\/test\/[^)]+)\)/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(30);
  expect(links.filter((link) => !existsSync(new URL(link, page)))).toEqual([]);
});
