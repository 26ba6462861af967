import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useCan, useMe } from '../api/me.ts';
import { reading } from '../api/queries.ts';
import { MEMBERS } from './member.ts';

// Seldom needed.
const CopyText = lazy(async () => ({ default: (await import('../show/copy-text.tsx')).CopyText }));

interface PersonNameProps {
  readonly id: string;
  /** The e-mail address that was kept; null where it was not known. */
  readonly name?: string | null;
  /** Whose members to look among. */
  readonly tenantId: string | null;
}

/** Who did something: by name where it was kept or is known from elsewhere, and else by an id that can be copied. */
export function PersonName({ id, name = null, tenantId }: PersonNameProps) {
  const me = useMe();
  const can = useCan(tenantId ?? undefined);
  const own = id === me.sub ? me.email : null;
  const { data } = useQuery({
    ...reading(MEMBERS, { path: { tenantId: tenantId ?? '' } }),
    enabled: name === null && own === null && tenantId !== null && can('listMembers'),
  });
  const known = name ?? own ?? data?.items.find(({ sub }) => sub === id)?.email;
  if (known !== undefined) return <span title={id}>{known}</span>;
  return (
    <Suspense fallback={id}>
      <CopyText text={id} what="ID of the person" shown />
    </Suspense>
  );
}
