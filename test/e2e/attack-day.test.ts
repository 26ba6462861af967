import { describe, expect, test } from '@jest/globals';
import { attackDay } from '../../bench/attack-day.ts';

const SMALL = { keys: 60, requests: 6000, deliveryMinutes: 120 };

describe('a day of traffic through the consumer', () => {
  test.each([1, 2, 3])('with three attacks gives exactly their three findings (seed %i)', async (seed) => {
    const day = await attackDay({ ...SMALL, seed, attacks: true });
    const found = day.alerts.map(({ kind, subject }) => ({ kind, subject: subject.id }));
    expect(day.attacks).toHaveLength(3);
    expect(new Set(found)).toEqual(new Set(day.attacks));
    expect(found).toHaveLength(3);
  });

  test('without an attack gives none', async () => {
    const day = await attackDay({ ...SMALL, seed: 4, attacks: false });
    expect(day.requests).toBeGreaterThan(5000);
    expect(day.alerts).toEqual([]);
  });
});
