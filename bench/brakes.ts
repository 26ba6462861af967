import { BrakeWorld } from '../test/support/brake-world.ts';
import { BRAKES } from '../test/support/brakes.ts';
import { type Figure, percentile } from './harness.ts';
import { withManagement } from './tables.ts';

const BRAKES_PULLED = 1000;
const EDITORS = 4;
/** By when a brake has to be answered, and to hold. */
const LATEST_MILLISECONDS = 1000;

/** What became of brakes that were pulled while others edited the same things. */
export interface Pulled {
  /** How long each took to be answered, in milliseconds. */
  readonly milliseconds: readonly number[];
  /** Those that were refused, or did not hold. */
  readonly failed: readonly string[];
  /** Edits that were done meanwhile, by all editors. */
  readonly edits: number;
}

/**
 * Brakes of all kinds, one after the other, each while four editors change the same item in loops: through the
 * management functions, on the local DynamoDB, over HTTP.
 */
export async function brakeFigures(): Promise<Figure[]> {
  const { milliseconds, failed, edits } = await pullBrakes(BRAKES_PULLED);
  for (const what of failed) console.error(`a brake failed: ${what}`);
  const time = (name: string, percent: number, promised?: number): Figure => ({
    name: `brakes beside ${EDITORS} editors: ${name} of ${milliseconds.length}`,
    value: percentile(milliseconds, percent),
    unit: 'ms',
    ...(promised !== undefined && { promised }),
  });
  return [
    {
      name: `brakes that failed, of ${milliseconds.length}, of ${Object.keys(BRAKES).length} kinds`,
      value: failed.length,
      unit: '',
      promised: 0,
    },
    { name: 'edits that were done meanwhile, a brake', value: edits / milliseconds.length, unit: '' },
    time('p50', 50),
    time('p99', 99),
    time('max', 100, LATEST_MILLISECONDS),
  ];
}

/** Pulls so many brakes, kind by kind in turn. */
export function pullBrakes(count: number): Promise<Pulled> {
  return withManagement((management, main) => pullAll(count, new BrakeWorld(management, main)));
}

async function pullAll(count: number, world: BrakeWorld): Promise<Pulled> {
  const kinds = Object.entries(BRAKES);
  const milliseconds: number[] = [];
  const failed: string[] = [];
  let done = 0;
  for (let i = 0; i < count; i++) {
    const [name, make] = kinds[i % kinds.length] ?? [];
    if (make === undefined) continue;
    const { pull, holds, edits } = await make(world);
    let isOver = false;
    const editing = Array.from({ length: EDITORS }, async (_, editor) => {
      for (let n = editor; !isOver; n++) {
        await edits[n % edits.length]?.();
        done += 1;
      }
    });
    const start = performance.now();
    const status = await pull();
    milliseconds.push(performance.now() - start);
    if (status !== 200 || !(await holds())) failed.push(`${name}: ${status}`);
    isOver = true;
    await Promise.all(editing);
  }
  return { milliseconds, failed, edits: done };
}
