import type { Schemas } from '../../../client/keywright-client.ts';
import { EXIT, Exit, usage } from '../exit.ts';
import type { Run } from '../run.ts';

/** Names are no longer, so that nothing longer is asked about. */
const LONGEST_NAME = 100;

/** The path of a key that is named by its id or its name. @throws Exit where several have the name, or none */
export async function keyNamed(run: Run, text: string): Promise<{ tenantId: string; keyId: string }> {
  if (/^key_[0-9A-Za-z]{12}$/.test(text)) return { tenantId: await tenantOf(run, text), keyId: text };
  const tenantId = await run.tenant();
  const name = text.trim().normalize('NFC');
  const found = await keysCalled(run, tenantId, name);
  const live = found.filter(({ status }) => status === 'active' || status === 'disabled');
  const [only, ...others] = live.length > 0 ? live : found;
  if (only === undefined)
    throw new Exit(EXIT.notFound, `No key of ${tenantId} is called ${JSON.stringify(text)}`);
  if (others.length === 0) return { tenantId, keyId: only.keyId };
  const ids = [only, ...others].map(({ keyId }) => keyId).join(', ');
  throw usage(`${others.length + 1} keys are called ${JSON.stringify(text)}; give an id: ${ids}`);
}

/** An id is one key's, so its tenant needs no naming. */
async function tenantOf(run: Run, keyId: string): Promise<string> {
  return (
    run.namedTenant ?? (await run.api.GET('/v1/keys/{keyId}', { params: { path: { keyId } } })).data.tenantId
  );
}

/** By the index of names: a tenant may have any number of keys. */
async function keysCalled(run: Run, tenantId: string, name: string): Promise<Schemas['Key'][]> {
  if (name === '' || [...name].length > LONGEST_NAME) return [];
  const found: Schemas['Key'][] = [];
  for await (const key of run.api.items('/v1/keys', { params: { query: { tenantId, q: name, limit: 100 } } }))
    if (key.name === name) found.push(key);
  return found;
}
