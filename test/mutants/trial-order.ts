/** Names, in order, the test files of a trial, each on a line. */
export const ORDER = 'KEYWRIGHT_MUTANT_ORDER';

/** Runs test files in the order in which they are likely to notice soonest. */
// biome-ignore lint/style/noDefaultExport: Jest takes a sequencer by its default export
export default class TrialOrder {
  sort<Test extends { readonly path: string }>(tests: Test[]): Test[] {
    const order = (process.env[ORDER] ?? '').split('\n');
    return tests.toSorted((a, b) => order.indexOf(a.path) - order.indexOf(b.path));
  }

  /** Nothing is remembered between trials. */
  cacheResults(): void {}

  allFailedTests<Test>(tests: Test[]): Test[] {
    return tests;
  }
}
