import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import type { SynthesisRequest } from './cloud-assembly-worker.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Everything that the templates and bundles are made from. */
const SOURCES = ['lib/**/*.ts', 'functions/**/*.ts', 'core/**/*.ts', 'package-lock.json'];

const markFile = z.object({ madeFrom: z.string() });

/**
 * The folder of the synthesized CDK app, demonstration included, with `issuer` as its identity. It is
 * kept in the data folder and made anew only when the sources or the issuer have changed: loading the
 * CDK and bundling the functions is the better part of a start.
 */
export async function cloudAssembly(
  dataDir: string,
  identity: { issuer: string; audience: string },
): Promise<string> {
  const folder = join(dataDir, 'cloud-assembly');
  const mark = join(dataDir, 'cloud-assembly.json');
  const madeFrom = digestOfSources(JSON.stringify(identity));
  if (readPrivateFile(mark, markFile)?.madeFrom === madeFrom) return folder;

  rmSync(mark, { force: true });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  const worker = new Worker(new URL('./cloud-assembly-worker.ts', import.meta.url), {
    workerData: {
      outdir: folder,
      settings: { demo: true, identity: { kind: 'oidc', ...identity } },
    } satisfies SynthesisRequest,
  });
  await once(worker, 'exit');
  writePrivateFile(mark, { madeFrom });
  return folder;
}

function digestOfSources(settings: string): string {
  const digest = createHash('sha256').update(`${process.version} ${settings}\n`);
  for (const path of globSync(SOURCES, { cwd: ROOT }).sort()) {
    digest.update(`${path}\n`).update(readFileSync(join(ROOT, path)));
  }
  return digest.digest('hex');
}
