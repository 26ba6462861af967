import { expect, test } from '@jest/globals';
import { isFinal, planFor, SLOTS, SUBSCRIPTION_STATES } from '../../../core/domain/products/subscription.ts';

test('cancelled and rejected are for good, and nothing else is', () => {
  expect(SUBSCRIPTION_STATES.filter((state) => isFinal({ state }))).toEqual(['cancelled', 'rejected']);
});

test('a subscription has two keys, of which the primary is named first', () => {
  expect(SLOTS).toEqual(['primary', 'secondary']);
});

test('limits of its own stand in place of the plan’s, each part for itself', () => {
  const rateLimits = [{ limit: 1, windowSeconds: 1 }];
  const plan = { rateLimits, quota: { limit: 10, period: 'month' as const } };
  const quota = { limit: 20, period: 'day' as const };
  expect(planFor({}, plan)).toEqual(plan);
  expect(planFor({ limits: { quota } }, plan)).toEqual({ rateLimits, quota });
  expect(planFor({ limits: { quota: null } }, plan)).toEqual({ rateLimits });
  expect(planFor({ limits: { rateLimits: [] } }, plan)).toEqual({ rateLimits: [], quota: plan.quota });
  expect(planFor({ limits: { quota } }, { rateLimits: [] })).toEqual({ rateLimits: [], quota });
});
