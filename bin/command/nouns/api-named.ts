import type { Schemas } from '../../../client/keywright-client.ts';
import { usage } from '../exit.ts';
import type { Run } from '../run.ts';

/** An API by its id, or as `orders/live`. @throws Exit where none or several are called so */
export async function apiNamed(run: Run, text: string): Promise<string> {
  if (/^api_[0-9A-Za-z]{12}$/.test(text)) return text;
  const [name, environment] = text.split('/');
  const found: Schemas['Api'][] = [];
  for await (const api of run.api.items('/v1/apis', { params: { query: { limit: 100 } } }))
    if (api.name === name && (environment === undefined || api.environment === environment)) found.push(api);
  const [only, ...others] = found;
  if (only === undefined) return text;
  if (others.length === 0) return only.apiId;
  const ids = found.map((api) => `${api.apiId} (${api.name}/${api.environment})`).join(', ');
  throw usage(`Several APIs are called ${JSON.stringify(text)}; give one of ${ids}`);
}
