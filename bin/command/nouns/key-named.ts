import type { Schemas } from '../../../client/keywright-client.ts';
import { usage } from '../exit.ts';
import type { Run } from '../run.ts';

/** The path of a key that is named by its id or its name. @throws Exit where several have the name, or none */
export async function keyNamed(run: Run, text: string): Promise<{ tenantId: string; keyId: string }> {
  const tenantId = await run.tenant();
  if (/^key_[0-9A-Za-z]{12}$/.test(text)) return { tenantId, keyId: text };
  const found: Schemas['Key'][] = [];
  for await (const key of run.api.items('/v1/tenants/{tenantId}/keys', {
    params: { path: { tenantId }, query: { limit: 100 } },
  }))
    if (key.name === text) found.push(key);
  const live = found.filter(({ status }) => status === 'active' || status === 'disabled');
  const [only, ...others] = live.length > 0 ? live : found;
  if (only === undefined) return { tenantId, keyId: text };
  if (others.length === 0) return { tenantId, keyId: only.keyId };
  const ids = [only, ...others].map(({ keyId }) => keyId).join(', ');
  throw usage(`${others.length + 1} keys are called ${JSON.stringify(text)}; give an id: ${ids}`);
}
