import { useQuery } from '@tanstack/react-query';
import type { Answer } from '../../shared/api/answers.ts';
import { reading } from '../../shared/api/queries.ts';
import type { Key } from './key.ts';

type Api = Answer<'/v1/apis'>['items'][number];

/** The APIs of a key's environment that take keys at all; of very many the first hundred. */
export function useApisOf(environment: Key['environment']): readonly Api[] | undefined {
  const { data } = useQuery(reading('/v1/apis', { query: { limit: 100 } }));
  return data?.items.filter((api) => api.environment === environment && api.scheme === 'tenant');
}
