import { useQuery } from '@tanstack/react-query';
import type { Answer } from './answers.ts';
import { reading } from './queries.ts';

export type Me = Answer<'/v1/me'>;
export type Operation = Me['can'][number];
export type Environment = Me['environments'][number];

const FRESH_MILLISECONDS = 60_000;

/** The reading of who signed in, and of what the person may do: in some tenant, or in the one that is named. */
export const meReading = (tenantId?: string) => ({
  ...reading('/v1/me', { query: tenantId === undefined ? {} : { tenantId } }),
  staleTime: FRESH_MILLISECONDS,
});

/** Who signed in; only below `SignedIn`, which has read it. */
export function useMe(): Me {
  const { data } = useQuery(meReading());
  if (data === undefined) throw new Error('useMe belongs below SignedIn');
  return data;
}

export type Ability = 'yes' | 'with second factor' | 'no';

/**
 * Whether the person may call an operation in a tenant, or in some tenant; by the same table as the API's answers.
 * `with second factor` is shown like `yes`: trying it leads to the second factor and back.
 */
export function useAbility(tenantId?: string): (operation: Operation) => Ability {
  const everywhere = useMe();
  const here = useQuery({ ...meReading(tenantId), enabled: tenantId !== undefined }).data;
  const { can, canWithSecondFactor } = here ?? everywhere;
  return (operation) =>
    can.includes(operation) ? 'yes' : canWithSecondFactor.includes(operation) ? 'with second factor' : 'no';
}

/** Whether to show what leads to an operation. */
export function useCan(tenantId?: string): (operation: Operation) => boolean {
  const ability = useAbility(tenantId);
  return (operation) => ability(operation) !== 'no';
}
