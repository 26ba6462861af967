import { time } from './fields.ts';

/**
 * `from` and `to` of every list that takes a range; the operation makes one of them by `timeRange`, which
 * knows what time it is.
 */
export function rangeFields(says: { readonly from: string; readonly to: string }) {
  return {
    from: time.optional().meta({ description: `Inclusive; ${says.from}` }),
    to: time.optional().meta({ description: `Exclusive, and later than from; ${says.to}` }),
  };
}
