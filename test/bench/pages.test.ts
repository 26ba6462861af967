import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');

test('whatever the bench measures has its place on a page', () => {
  const { stderr } = spawnSync(process.execPath, ['bench/run.ts', 'nothing'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const parts = (/there are: (.+)/.exec(stderr)?.[1] ?? '').split(', ');
  expect(parts.length).toBeGreaterThan(10);
  const pages = ['operate', 'extend'].flatMap((folder) =>
    readdirSync(join(ROOT, 'docs', folder)).map((name) =>
      readFileSync(join(ROOT, 'docs', folder, name), 'utf8'),
    ),
  );
  const placed = (part: string) =>
    pages.some((page) => page.includes(`<!-- bench:${part} -->`) && page.includes(`<!-- /bench:${part} -->`));
  expect(parts.filter((part) => !placed(part))).toEqual([]);
});
