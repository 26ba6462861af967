/** Synthesizes the CDK app; in a thread of its own, because the library's memory goes with the thread. */
import { workerData } from 'node:worker_threads';
import { keywrightApp } from '../lib/app.ts';
import { parseConfig } from '../lib/config.ts';

export interface SynthesisRequest {
  /** Folder that the cloud assembly is written to. */
  readonly outdir: string;
  /** The `keywright` block of a cdk.json. */
  readonly settings: unknown;
}

const { outdir, settings } = workerData as SynthesisRequest;
keywrightApp(parseConfig(settings), { outdir }).synth();
