import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { beforeAll, expect, test } from '@jest/globals';
import { buildPortal, MANIFEST } from '../../bin/portal-build.ts';
import { PROJECT } from '../support/local-server.ts';
import { BUDGET } from './support/budget.ts';

const DIST = join(PROJECT, 'portal/dist');

const textOf = (path: string) => readFileSync(join(DIST, path), 'utf8');
const brotli = (path: string) => brotliCompressSync(readFileSync(join(DIST, path))).length;
const totalOf = (paths: Iterable<string>, ending: string) =>
  [...paths].filter((path) => path.endsWith(ending)).reduce((sum, path) => sum + brotli(path), 0);

interface Part {
  readonly file: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
}

/** Files that a part of the portal is loaded with: what it imports, what those import, and the styles of all. */
function filesOf(
  name: string,
  parts: Readonly<Record<string, Part>>,
  found = new Set<string>(),
): Set<string> {
  const part = parts[name];
  if (part === undefined) throw new Error(`the portal has no part ${name}`);
  if (found.has(part.file)) return found;
  for (const file of [part.file, ...(part.css ?? [])]) found.add(file);
  for (const each of part.imports ?? []) filesOf(each, parts, found);
  return found;
}

beforeAll(async () => {
  await buildPortal();
}, 300_000);

test.each(['src/admin/door.tsx', 'src/developer/door.tsx'])('%s is loaded within the budget', (door) => {
  const parts = JSON.parse(readFileSync(MANIFEST, 'utf8'));
  const files = filesOf(door, parts, filesOf('index.html', parts));
  const [scripts, styles] = [totalOf(files, '.js'), totalOf(files, '.css')];
  expect(scripts).toBeGreaterThan(50_000);
  expect(scripts).toBeLessThanOrEqual(BUDGET.scripts);
  expect(styles).toBeGreaterThan(10_000);
  expect(styles).toBeLessThanOrEqual(BUDGET.styles);
});

/** What the library for dragging calls the texts that it describes itself by. */
const DRAGGING = 'DndDescribedBy';

test('nothing is loaded first that no page can show', () => {
  const parts = JSON.parse(readFileSync(MANIFEST, 'utf8'));
  const first = [...filesOf('src/admin/door.tsx', parts, filesOf('index.html', parts))];
  const scripts = first.filter((file) => file.endsWith('.js'));
  expect(scripts.filter((file) => textOf(file).includes(DRAGGING))).toEqual([]);
});

test('nothing is inline that the policy of contents would stop, and nothing of another host', () => {
  const html = textOf('index.html');
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/i);
  expect(html).not.toMatch(/(?:src|href)="(?!\/)/);
  const styles = readdirSync(join(DIST, 'assets')).filter((name) => name.endsWith('.css'));
  expect(styles.length).toBeGreaterThan(0);
  for (const name of styles)
    expect(textOf(`assets/${name}`)).not.toMatch(/url\(["']?(?:https?:)?\/\/|url\(["']?data:font/);
});
