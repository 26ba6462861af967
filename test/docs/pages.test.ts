import { existsSync, globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');
/** Packages get a copy of the changelog when they are built. */
const COPIES = /^(?:bin|client|guard|lib)\/CHANGELOG\.md$/;
const notOurs = (path: string) => /(^|\/)(node_modules|dist|cdk\.out[^/]*)$/.test(path);
const pages = globSync(['**/*.md', '.github/**/*.md'], { cwd: root, exclude: notOurs })
  .filter((path) => !COPIES.test(path))
  .sort();

/** A page without its code: a `[` or `#` in a command is neither link nor heading. */
const prose = (page: string) => read(page).replaceAll(/^ *```[\s\S]*?^ *```/gm, '');

/** The anchors of a page, as GitHub makes them of headings. */
function anchorsOf(page: string): readonly string[] {
  const seen = new Map<string, number>();
  return [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** The relative links of a page, by the path that each leads to. */
const linksOf = (page: string) =>
  [
    ...prose(page)
      .replaceAll(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', anchor] = link.split('#');
      return { link, path: path === '' ? page : posix.join(posix.dirname(page), path), anchor };
    })
    // Out of the repository lead links to what its host shows beside it, such as the form for vulnerabilities.
    .filter(({ path }) => !path.startsWith('../'));

describe('of every page of the repository', () => {
  test('each link leads to a file that is there, and to a heading of it', () => {
    const broken = pages.flatMap((page) =>
      linksOf(page)
        .filter(({ path, anchor }) => {
          if (!existsSync(`${root}${path}`)) return true;
          return anchor !== undefined && path.endsWith('.md') && !anchorsOf(path).includes(anchor);
        })
        .map(({ link }) => `${page}: ${link}`),
    );
    expect(broken).toEqual([]);
    expect(pages.flatMap(linksOf).length).toBeGreaterThan(150);
  });

  test('those below docs are in the index by reader, decisions in the index of their folder', () => {
    const below = pages.filter((page) => /^docs\/.+\/.+\.md$/.test(page));
    const paths = linksOf('docs/README.md').map(({ path }) => path);
    const decisions = linksOf('docs/decisions/README.md').map(({ path }) => path);
    const isIndexed = (page: string) => (/\/decisions\/\d/.test(page) ? decisions : paths).includes(page);
    expect(below.filter((page) => !isIndexed(page))).toEqual([]);
    expect(below.length).toBeGreaterThan(25);
  });
});

test('no page, comment or message calls a person «he» or «she»', () => {
  const sources = globSync('**/*.{ts,tsx,js,py,yml}', { cwd: root, exclude: notOurs });
  const gendered = [...pages, ...sources]
    // This one names the words.
    .filter((path) => path !== 'test/docs/pages.test.ts')
    .flatMap((path) =>
      [...read(path).matchAll(/^.*\b(he|him|his|himself|she|her|hers|herself)\b.*$/gim)].map(
        ([line]) => `${path}: ${line.trim().slice(0, 200)}`,
      ),
    );
  expect(gendered).toEqual([]);
  expect(sources.length).toBeGreaterThan(1000);
});

test('every page that code names is there', () => {
  const code = globSync(
    ['{bench,bin,core,emulator,functions,guard,lib,local,smoke,test}/**/*.{ts,js,md}', '*.md'],
    { cwd: root, exclude: notOurs },
  );
  const named = code.flatMap((file) =>
    [...read(file).matchAll(/\bdocs\/[\w/-]+\.md\b/g)].map(([page]) => ({ file, page })),
  );
  expect(named.filter(({ page }) => !existsSync(`${root}${page}`))).toEqual([]);
  expect(named.length).toBeGreaterThan(30);
});
