import { useQuery } from '@tanstack/react-query';
import type { Answer, Params } from '../api/answers.ts';
import { reading } from '../api/queries.ts';
import { mergedByGroup, type UsageGroup } from './usage-sums.ts';

const USAGE = '/v1/usage';

/**
 * The same usage of as long a time right before.
 * @param present the answer whose time it is before; undefined where nothing is compared
 */
export function useBefore(
  query: Params<typeof USAGE>['query'],
  present: Pick<Answer<typeof USAGE>, 'from' | 'to'> | undefined,
): readonly UsageGroup[] | undefined {
  const { from = '', to = '' } = present ?? {};
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const before = Number.isNaN(start) ? '' : new Date(2 * start - end).toISOString();
  const { data } = useQuery({
    ...reading(USAGE, { query: { ...query, from: before, to: from } } as Params<typeof USAGE>),
    enabled: present !== undefined,
  });
  return data && mergedByGroup(data.groups);
}
