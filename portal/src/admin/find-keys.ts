import { queryClient, reading } from '../shared/api/queries.ts';
import { askedBy, explainUrl } from '../shared/explain/asked.ts';
import type { Command } from '../shared/shell/command.ts';
import { KEYS } from './keys/key.ts';
import { baseOf } from './scope.tsx';

const MOST = 100;

/** The newest keys of a tenant whose name, id or last four characters hold a text; and what explains a request's id. */
export async function findKeys(tenantId: string, text: string): Promise<Command[]> {
  const asked = askedBy(text);
  const base = baseOf(tenantId);
  if (asked?.kind === 'request')
    return [{ text: 'Explain this request', href: explainUrl(base, asked.id), about: asked.id }];
  const { items } = await queryClient.fetchQuery(
    reading(KEYS, { path: { tenantId }, query: { limit: MOST } }),
  );
  const wanted = text.toLowerCase();
  return items
    .filter(({ name, keyId, secrets }) =>
      [name, keyId, secrets[0]?.hint ?? ''].some((part) => part.toLowerCase().includes(wanted)),
    )
    .map(({ name, keyId, environment }) => ({
      text: name,
      href: `${base}/keys/${keyId}`,
      about: `${environment} key ${keyId}`,
    }));
}
