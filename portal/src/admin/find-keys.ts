import { queryClient, reading } from '../shared/api/queries.ts';
import { askedBy, explainUrl } from '../shared/explain/asked.ts';
import type { Command } from '../shared/shell/command.ts';
import { FIND_KEYS } from './keys/key.ts';
import { baseOf } from './scope.tsx';

const MOST = 20;
/** What the API looks for is no longer. */
const LONGEST = 100;

/**
 * Keys of a tenant, or of all, by what their names begin with, their id or last four characters, however many there are;
 * and what explains a request's id.
 */
export async function findKeys(tenantId: string | undefined, text: string): Promise<Command[]> {
  const asked = askedBy(text);
  if (asked?.kind === 'request')
    return [{ text: 'Explain this request', href: explainUrl(baseOf(tenantId), asked.id), about: asked.id }];
  const q = asked?.kind === 'key' ? asked.id : text.trim();
  if (q === '' || [...q].length > LONGEST) return [];
  const { items } = await queryClient.fetchQuery(
    reading(FIND_KEYS, { query: { q, limit: MOST, ...(tenantId !== undefined && { tenantId }) } }),
  );
  return items.map((key) => ({
    text: key.name,
    href: `${baseOf(key.tenantId)}/keys/${key.keyId}`,
    about: `${key.environment} key ${key.keyId}${tenantId === undefined ? ` of ${key.tenantId}` : ''}`,
  }));
}
