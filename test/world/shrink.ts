import { run } from './run.ts';
import type { Action, Script } from './script.ts';

/** Runs that shrinking may take. */
const MOST_RUNS = 400;

/**
 * The least of a script that still brings about a violation of a kind: whatever can be left out is, in ever
 * smaller parts.
 */
export async function shrink(script: Script, kind: string): Promise<Script> {
  let { actions } = script;
  let runs = 0;
  const fails = async (some: readonly Action[]) => {
    runs += 1;
    const { violations } = await run({ ...script, actions: some });
    return violations.some((violation) => violation.kind === kind);
  };
  for (let size = Math.ceil(actions.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < actions.length && runs < MOST_RUNS; ) {
      const rest = [...actions.slice(0, from), ...actions.slice(from + size)];
      if (await fails(rest)) actions = rest;
      else from += size;
    }
  }
  return { ...script, actions };
}
