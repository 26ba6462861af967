import { createRequire } from 'node:module';

// Jest's own, which it brings with it.
const jest = createRequire(createRequire(import.meta.url).resolve('jest'));
const { default: Sequencer } = createRequire(jest.resolve('@jest/core'))('@jest/test-sequencer');

/**
 * What takes longest, in part of a path, for a machine that has not run the tests yet: a long file that
 * begins last leaves all workers but one idle. File sizes, which Jest goes by then, say little.
 */
const LONGEST = [
  'test/world/',
  'every-item-has-a-bound',
  'one-admin-alone',
  'platform-limits',
  'hostile-events',
  'one-alert-for-each-attack',
  'approved-and-carried-out',
  'repeats-after-changes',
  'brakes',
  'strangers-spend-nobodys-budget',
  'missed-events',
  'test/bin/cli',
  'test/infra/permissions',
];

/** Jest's own order, by how long each file took the last time; without such times, the longest first. */
// biome-ignore lint/style/noDefaultExport: Jest takes a sequencer by its default export
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted;
    const place = ({ path }) => {
      const known = LONGEST.findIndex((part) => path.includes(part));
      return known === -1 ? LONGEST.length : known;
    };
    return sorted.sort((one, other) => place(one) - place(other));
  }
}
