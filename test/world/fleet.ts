import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Fault } from './faults/fault.ts';
import type { Script } from './script.ts';
import type { Played, Task } from './worker.ts';
import type { Violation } from './world.ts';

/** Seeds that a worker is given at once. */
const SHARE = 20;

/** A kind of violation, and where it was found first. */
export interface Finding {
  readonly kind: string;
  readonly seeds: number;
  readonly firstSeed: number;
  readonly example: string;
}

/** What many seeds came to. */
export interface Summary {
  seeds: number;
  actions: number;
  readonly outcomes: Record<string, number>;
  readonly findings: Finding[];
}

/** Workers that play seeds of one world, with the product as it is or with a fault put back. */
export class Fleet {
  readonly #workers: readonly Worker[];
  readonly #bundle: string;

  private constructor(workers: readonly Worker[], bundle: string) {
    this.#workers = workers;
    this.#bundle = bundle;
  }

  /** @param fault put into the product */
  static async start(fault?: Fault, workers = availableParallelism()): Promise<Fleet> {
    const all = Array.from({ length: workers }, () => new Worker(new URL('./worker.ts', import.meta.url)));
    try {
      const bundle = (await ask(all[0] as Worker, { bundle: fault })) as string;
      await Promise.all(all.map((worker) => ask(worker, { load: bundle })));
      return new Fleet(all, bundle);
    } catch (error) {
      await Promise.all(all.map((worker) => worker.terminate()));
      throw error;
    }
  }

  /** Plays seeds, the lowest first. @param isEnough ends it early, after a share */
  async play(
    from: number,
    count: number,
    isEnough: (summary: Summary) => boolean = () => false,
  ): Promise<Summary> {
    const summary: Summary = { seeds: 0, actions: 0, outcomes: {}, findings: [] };
    let next = from;
    const work = async (worker: Worker) => {
      while (next < from + count && !isEnough(summary)) {
        const share = Math.min(SHARE, from + count - next);
        const seeds = Array.from({ length: share }, (_, index) => next + index);
        next += share;
        for (const played of (await ask(worker, { play: seeds })) as Played[]) add(summary, played);
      }
    };
    await Promise.all(this.#workers.map(work));
    summary.findings.sort((one, other) => one.firstSeed - other.firstSeed);
    return summary;
  }

  /** Plays scripts, as `written` prints them. */
  async playScripts(scripts: readonly Script[]): Promise<Summary> {
    const summary: Summary = { seeds: 0, actions: 0, outcomes: {}, findings: [] };
    const all = (await ask(this.#workers[0] as Worker, { play: scripts })) as Played[];
    for (const played of all) add(summary, played);
    return summary;
  }

  /** The least script by which a seed still shows a kind of violation, as it is pasted into a test. */
  async shrink(seed: number, kind: string): Promise<string> {
    return (await ask(this.#workers[0] as Worker, { shrink: seed, kind })) as string;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    rmSync(this.#bundle, { force: true });
  }
}

function add(summary: Summary, { seed, report, failure }: Played): void {
  summary.seeds += 1;
  summary.actions += report?.actions ?? 0;
  for (const [outcome, count] of Object.entries(report?.outcomes ?? {})) {
    summary.outcomes[outcome] = (summary.outcomes[outcome] ?? 0) + count;
  }
  const broken: readonly Violation[] =
    failure === undefined ? [] : [{ kind: 'the run broke down', text: failure, at: 0 }];
  const byKind = new Map(
    [...(report?.violations ?? []), ...broken].reverse().map((each) => [each.kind, each.text]),
  );
  for (const [kind, example] of byKind) {
    const index = summary.findings.findIndex((finding) => finding.kind === kind);
    const known = summary.findings[index];
    const first = known !== undefined && known.firstSeed < seed ? known : { firstSeed: seed, example };
    const finding = {
      kind,
      seeds: (known?.seeds ?? 0) + 1,
      firstSeed: first.firstSeed,
      example: first.example,
    };
    if (known === undefined) summary.findings.push(finding);
    else summary.findings[index] = finding;
  }
}

async function ask(worker: Worker, task: Task): Promise<unknown> {
  worker.postMessage(task);
  const [{ result, error }] = (await once(worker, 'message')) as [{ result?: unknown; error?: string }];
  if (error !== undefined) throw new Error(error);
  return result;
}
