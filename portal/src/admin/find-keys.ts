import { queryClient, reading } from '../shared/api/queries.ts';
import type { Command } from '../shared/shell/command.ts';
import { KEYS } from './keys/key.ts';
import { baseOf } from './scope.tsx';

const MOST = 100;

/** The newest keys of a tenant whose name, id or last four characters hold a text. */
export async function findKeys(tenantId: string, text: string): Promise<Command[]> {
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
      href: `${baseOf(tenantId)}/keys/${keyId}`,
      about: `${environment} key ${keyId}`,
    }));
}
