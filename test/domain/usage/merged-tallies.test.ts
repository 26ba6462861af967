import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mergedTallies } from '../../../core/domain/usage/merged-tallies.ts';
import { emptyCount, MOST_NAMES, type Tally } from '../../../core/domain/usage/usage-tally.ts';
import { packed, unpacked } from '../../../core/store/fresh-counts.ts';

const name = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'other', 'GET /v1/orders'), fc.string());
const tally = fc
  .record({
    key: fc.integer({ min: 0, max: 3 }),
    period: fc.constantFrom('2026-11-22T12', '2026-11-22'),
    networks: fc.array(name, { minLength: 1, maxLength: 60 }),
  })
  .map(({ key, period, networks }): Tally => {
    const count = { ...emptyCount(), requests: networks.length };
    for (const each of networks) count.networks[each] = (count.networks[each] ?? 0) + 1;
    return { subject: { kind: 'credential', keyId: `key_${key}` }, period, count };
  });
const nameOf = ({ subject, period }: Tally) => JSON.stringify([subject, period]);

test('tallies that are packed and merged have as many requests, by subject, period and name, in no more names than one has', () => {
  fc.assert(
    fc.property(fc.array(tally, { maxLength: 12 }), (tallies) => {
      const merged = mergedTallies(unpacked(packed(tallies)), nameOf);
      expect(new Set(merged.map(nameOf)).size).toBe(merged.length);
      const sum = (some: readonly Tally[], pick: (each: Tally) => number) =>
        some.reduce((total, each) => total + pick(each), 0);
      for (const each of tallies) {
        const alike = (other: Tally) => nameOf(other) === nameOf(each);
        const [one, all] = [merged.filter(alike), tallies.filter(alike)];
        expect(sum(one, ({ count }) => count.requests)).toBe(sum(all, ({ count }) => count.requests));
        const networks = Object.entries(one[0]?.count.networks ?? {});
        expect(networks.length).toBeLessThanOrEqual(MOST_NAMES + 1);
        expect(networks.reduce((total, [, n]) => total + n, 0)).toBe(one[0]?.count.requests);
        for (const [network, n] of networks)
          if (network !== 'other') expect(n).toBe(sum(all, ({ count }) => count.networks[network] ?? 0));
      }
    }),
    { numRuns: 60 },
  );
});
