import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCan } from '../api/me.ts';
import { wayToMend } from './mending.ts';

interface MendProps {
  readonly of: Parameters<typeof wayToMend>[0] & { readonly mend: { readonly text: string } };
}

/** What mends a refusal, in words, and the way there for whoever may do it. */
export function Mend({ of: refusal }: MendProps) {
  const can = useCan(refusal.tenantId ?? undefined);
  const way = wayToMend(refusal);
  return (
    <SpaceBetween size="xs">
      <Box>{refusal.mend.text}</Box>
      {way && can(way.needs) && <Button href={way.href}>{way.text}</Button>}
    </SpaceBetween>
  );
}

/** `key_disabled` as people say it: "Key disabled". */
export function inWords(name: string): string {
  const words = name.replaceAll('_', ' ').replace(/\bapi\b/, 'API');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
