/** Synthesizes the CDK app; in a thread of its own, because the library's memory goes with the thread. */
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import type { KeywrightConfig } from '../lib/config.ts';
import { buildBundles } from '../lib/constructs/bundle.ts';

export interface SynthesisRequest {
  /** Folder that the cloud assembly is written to. */
  readonly outdir: string;
  readonly config: KeywrightConfig;
  /** Where the functions' bundles are kept for the next who synthesizes from the same sources. */
  readonly bundles: string;
}

const { outdir, config, bundles } = workerData as SynthesisRequest;
// esbuild is written in Go and ends with this thread: collecting garbage until then is a quarter of its work.
process.env.GOGC = 'off';
const building = buildBundles(bundles);
// Loaded while the functions are built: each takes some seconds.
const { keywrightApp } = await import('../lib/app.ts');
const { BUILT_PORTAL } = await import('../lib/constructs/portal-files.ts');
await building;
// It is built meanwhile, or later: a template says only where.
mkdirSync(join(BUILT_PORTAL.folder, 'assets'), { recursive: true });
keywrightApp(config, { outdir, portal: { ...BUILT_PORTAL, live: true } }).synth();
// What the CDK copies from its own package has that package's mode.
for (const file of readdirSync(outdir, { recursive: true, withFileTypes: true })) {
  if (file.isFile()) chmodSync(join(file.parentPath, file.name), 0o600);
}
