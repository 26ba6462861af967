import { parentPort } from 'node:worker_threads';
import { bundleWorld } from './bundle.ts';
import type { Fault } from './faults/fault.ts';
import type { Report } from './run.ts';
import type { Script } from './script.ts';
import type * as Simulation from './simulation.ts';

/** What a worker is asked to do; it answers each in turn. */
export type Task =
  | { readonly bundle: Fault | undefined }
  | { readonly load: string }
  | { readonly play: readonly (number | Script)[] }
  | { readonly shrink: number; readonly kind: string };

/** What a seed came to; `failure` where the run itself broke down. */
export interface Played {
  readonly seed: number;
  readonly report?: Report;
  readonly failure?: string;
}

let world: typeof Simulation;

async function played(seed: number | Script): Promise<Played> {
  try {
    return { seed: seedOf(seed), report: await world.play(seed) };
  } catch (error) {
    return {
      seed: seedOf(seed),
      failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

function seedOf(seed: number | Script): number {
  return typeof seed === 'number' ? seed : seed.seed;
}

async function answer(task: Task): Promise<unknown> {
  if ('bundle' in task) return bundleWorld(task.bundle);
  if ('load' in task) {
    world = await import(task.load);
    return undefined;
  }
  if ('shrink' in task) return world.shrunk(task.shrink, task.kind);
  const all: Played[] = [];
  for (const seed of task.play) all.push(await played(seed));
  return all;
}

parentPort?.on('message', (task: Task) =>
  answer(task).then(
    (result) => parentPort?.postMessage({ result }),
    (error: unknown) =>
      parentPort?.postMessage({ error: error instanceof Error ? error.stack : String(error) }),
  ),
);
