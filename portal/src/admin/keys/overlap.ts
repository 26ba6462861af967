import { useQuery } from '@tanstack/react-query';
import type { Answer } from '../../shared/api/answers.ts';
import { reading } from '../../shared/api/queries.ts';
import { KEY, type Key } from './key.ts';

export const OVERLAP = `${KEY}/overlap` as const;
export type Overlap = Answer<typeof OVERLAP>;
export type SecretUse = NonNullable<Overlap['old']>;

/** Who uses a key's two secrets, as far as it has been counted; read again every few milliseconds that are given. */
export function useOverlap({ tenantId, keyId }: Key, everyMilliseconds: number | false = false) {
  return useQuery({
    ...reading(OVERLAP, { path: { tenantId, keyId } }),
    refetchInterval: everyMilliseconds,
  });
}
