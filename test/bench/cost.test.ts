import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type * as costModule from '../../bench/cost-page.ts';

const { costPage } = loadOnce<typeof costModule>('../../bench/cost-page.ts');

test('docs/operate/cost.md says what the templates come to: npm run docs:cost', () => {
  const page = readFileSync(new URL('../../docs/operate/cost.md', import.meta.url), 'utf8');
  expect(page).toBe(costPage());
});

test('the page has a sum for each of its tables, and the date of its prices', () => {
  const page = costPage();
  const tables = page.match(/^\|---\|---\|---\|$/gm) ?? [];
  expect(tables.length).toBeGreaterThan(4);
  expect(page.match(/\| \*\*all\*\* \| \| \*\*\d+\.\d\d \$\*\* \|/g)).toHaveLength(tables.length);
  expect(page).toMatch(/list prices of us-east-1 as published by \d{4}-\d{2}/);
  expect(page).not.toMatch(/NaN|undefined/);
});

test('a subscription costs less than a cent a month, its keys kept, one replaced and both shown', () => {
  const [, part = ''] = costPage().split('## Ten thousand subscriptions');
  const [, dollars] = /\| \*\*all\*\* \| \| \*\*([\d.]+) \$/.exec(part) ?? [];
  expect(Number(dollars)).toBeGreaterThan(0);
  expect(Number(dollars) / 10_000).toBeLessThan(0.01);
});
