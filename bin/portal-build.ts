import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** All that a build is made from. */
const SOURCES = ['portal/**', 'client/**', 'core/contract/**', 'core/domain/**', 'package-lock.json'];
const NO_SOURCES = /^(portal|client)\/(dist|node_modules)\//;

/** What Vite says of a build: each part's file, what it imports, and its styles. */
export const MANIFEST = join(PROJECT, 'node_modules/.cache/keywright/portal-manifest.json');

/**
 * Builds the portal into `portal/dist`, unless it was built from the same sources already. Whoever reads the
 * folder meanwhile finds no document that names a file which is not there.
 * @param project the repository's folder
 * @returns whether something was built; rejects with what Vite said
 */
export async function buildPortal(project = PROJECT): Promise<'built' | 'fresh'> {
  const dist = join(project, 'portal/dist');
  const mark = join(project, 'node_modules/.cache/keywright/portal');
  const madeFrom = digestOfSources(project);
  const isFresh = existsSync(mark) && readFileSync(mark, 'utf8') === madeFrom;
  if (isFresh && existsSync(join(dist, 'index.html'))) return 'fresh';

  mkdirSync(dirname(mark), { recursive: true });
  const made = mkdtempSync(`${mark}-`);
  try {
    const vite = createRequire(join(project, 'portal/package.json')).resolve('vite/package.json');
    const args = [
      join(dirname(vite), 'bin/vite.js'),
      'build',
      '--outDir',
      made,
      '--emptyOutDir',
      '--manifest',
    ];
    // Whoever builds it may be a test, and libraries go by this variable.
    const env = { ...process.env, NODE_ENV: 'production' };
    await promisify(execFile)(process.execPath, args, { cwd: join(project, 'portal'), env });
    // It says nothing that browsers need.
    cpSync(join(made, '.vite/manifest.json'), `${mark}-manifest.json`);
    rmSync(join(made, '.vite'), { recursive: true });
    replace(dist, made);
    writeFileSync(mark, madeFrom);
    return 'built';
  } finally {
    rmSync(made, { recursive: true });
  }
}

/** New files first, then the documents that name them, and only then away with those that nobody names any more. */
function replace(dist: string, made: string): void {
  mkdirSync(join(dist, 'assets'), { recursive: true });
  const isPage = (path: string) => path.endsWith('.html');
  for (const pages of [false, true]) {
    cpSync(made, dist, {
      recursive: true,
      filter: (path) => !path.slice(made.length).includes('.') || isPage(path) === pages,
    });
  }
  const kept = new Set(readdirSync(made, { recursive: true }).map(String));
  for (const path of readdirSync(dist, { recursive: true }).map(String)) {
    if (!kept.has(path)) rmSync(join(dist, path), { recursive: true, force: true });
  }
}

function digestOfSources(project: string): string {
  const digest = createHash('sha256').update(process.version);
  const paths = globSync(SOURCES, { cwd: project, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(join(project, '/').length))
    .filter((path) => !NO_SOURCES.test(path))
    .sort();
  for (const path of paths) {
    const content = readFileSync(join(project, path));
    digest.update(JSON.stringify([path, content.length])).update(content);
  }
  return digest.digest('hex');
}
