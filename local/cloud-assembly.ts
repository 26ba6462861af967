import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import { readPrivateFile, writePrivateFile } from '../emulator/private-file.ts';
import type { KeywrightConfig } from '../lib/config.ts';
import { buildBundles } from '../lib/constructs/bundle.ts';
import type { SynthesisRequest } from './cloud-assembly-worker.ts';
import { type Here, localConfig, PROJECT_FOLDER } from './configuration.ts';

/**
 * Everything that templates and bundles are made from, but for the configuration: whole folders, as it may
 * be any kind of file, and what says which libraries there are and how TypeScript is read.
 */
const SOURCES = [
  'client/**',
  'core/**',
  'functions/**',
  'guard/**',
  'lib/**',
  'emulator/**',
  'local/**',
  'NOTICE',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

const markFile = z.object({ madeFrom: z.string() });

/**
 * The folder of the synthesized CDK app as `localConfig` has it. It is kept in the data folder and made anew
 * only when something has changed that it depends on: loading the CDK and bundling the functions is the
 * better part of a start.
 * @throws StartError for a cdk.json that is wrong
 */
export async function cloudAssembly(dataDir: string, here: Here): Promise<string> {
  const folder = join(dataDir, 'cloud-assembly');
  const mark = join(dataDir, 'cloud-assembly.json');
  const config = localConfig(here);
  const madeFrom = digestOfSources(config);
  const known = readPrivateFile(mark, markFile)?.madeFrom === madeFrom;
  if (known && existsSync(join(folder, 'manifest.json'))) return folder;

  rmSync(mark, { force: true });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  const worker = new Worker(new URL('./cloud-assembly-worker.ts', import.meta.url), {
    workerData: { outdir: folder, config, bundles: bundlesFolder() } satisfies SynthesisRequest,
  });
  await once(worker, 'exit');
  writePrivateFile(mark, { madeFrom });
  return folder;
}

/** What the first start needs of what takes longest, made as the repository is installed. */
export async function prepareBundles(): Promise<void> {
  await buildBundles(bundlesFolder());
}

/** Where bundles of these sources are kept. */
export function bundlesFolder(): string {
  return join(PROJECT_FOLDER, 'node_modules/.cache/keywright/bundles', digestOfSources(null));
}

/** Two digests are the same only where a synthesis would give the same. */
export function digestOfSources(config: KeywrightConfig | null, project = PROJECT_FOLDER): string {
  const digest = createHash('sha256').update(JSON.stringify([process.version, config]));
  for (const path of sourceFiles(project)) {
    const content = readFileSync(join(project, path));
    digest.update(JSON.stringify([path, content.length])).update(content);
  }
  return digest.digest('hex');
}

/** Paths of the files below `project` that an assembly depends on, in order. */
export function sourceFiles(project = PROJECT_FOLDER): string[] {
  return globSync(SOURCES, { cwd: project, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(join(project, '/').length))
    .sort();
}
