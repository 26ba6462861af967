import { expect, test } from '@jest/globals';
import { isFinal, SLOTS, SUBSCRIPTION_STATES } from '../../../core/domain/products/subscription.ts';

test('cancelled and rejected are for good, and nothing else is', () => {
  expect(SUBSCRIPTION_STATES.filter((state) => isFinal({ state }))).toEqual(['cancelled', 'rejected']);
});

test('a subscription has two keys, of which the primary is named first', () => {
  expect(SLOTS).toEqual(['primary', 'secondary']);
});
