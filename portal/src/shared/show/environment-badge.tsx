import Badge from '@cloudscape-design/components/badge';
import type { Environment } from '../api/me.ts';

/** Live is told by a word and a colour, never by the colour alone. */
export function EnvironmentBadge({ environment }: { environment: Environment }) {
  return environment === 'live' ? <Badge color="red">Live</Badge> : <Badge color="grey">Sandbox</Badge>;
}
