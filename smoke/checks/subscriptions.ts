import { judged } from '../finding.ts';
import { type Caller, callApi, isAdmitted, type ProtectedApi, refusals, titleOf } from '../protected-api.ts';
import { SMOKE_TENANT, type World } from '../world.ts';

const PRODUCT = 'Keywright smoke test';

interface Product {
  readonly productId: string;
  readonly name: string;
  readonly apiIds: readonly string[];
}
interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** Subscribes to each API of the subscription scheme, calls it with all that it asks for, and with less. */
export async function subscriptionCalls(world: World): Promise<void> {
  for (const api of world.apis.filter(({ scheme }) => scheme === 'subscription')) await callsOf(world, api);
}

async function callsOf(world: World, api: ProtectedApi): Promise<void> {
  const { tell, oauthToken, signal } = world;
  const title = titleOf(api);
  const whole = await subscriberOf(world, api);
  const status = async (caller: Caller) => (await callApi(api, caller, { signal })).status;
  const { key: _key, ...keyless } = whole;
  const { clientKey: _client, ...clientless } = whole;
  const { token: _token, ...tokenless } = whole;
  const less: [string, Caller][] = [['no key', keyless]];
  if (api.clientKeyRequired) less.push(['no client key', clientless]);
  if (api.oauth !== null) less.push(['no token', tokenless]);
  const seen: string[] = [];
  let isKept = true;
  for (const [what, caller] of less) {
    const seenStatus = await status(caller);
    seen.push(`${seenStatus} ${what}`);
    isKept &&= refusals(api, 401).includes(seenStatus);
  }
  tell(
    judged({
      chapter: 'calls',
      subject: title,
      promise: 'a subscriber who lacks something is refused',
      isKept,
      seen: seen.join(', '),
      advice: `Look into the log group of the authorizer of ${title}, and at its API’s clientKeyRequired and oauth.`,
    }),
  );
  const question = {
    chapter: 'calls',
    subject: title,
    promise: 'a subscriber who has everything is let in',
  } as const;
  if (api.oauth !== null && oauthToken === undefined) {
    const advice = `Give KEYWRIGHT_SMOKE_OAUTH_TOKEN, an access token for ${api.name}, to call it with everything that it asks for.`;
    tell({ ...question, verdict: 'not asked', advice });
    return;
  }
  const all = await status(whole);
  tell(
    judged({
      ...question,
      isKept: isAdmitted({ status: all }),
      seen: `${all}`,
      advice: `Look into the log group of the authorizer of ${title}; with a 401, at the token’s issuer, audience and scopes first.`,
    }),
  );
}

async function subscriberOf(world: World, api: ProtectedApi): Promise<Caller> {
  const { management, cleaner, undo, oauthToken, runName } = world;
  const { productId } = await productOf(world, api);
  const request = { tenantId: SMOKE_TENANT, productId, name: runName };
  const made = await management.do<{ subscriptionId: string; state: string }>(
    'POST',
    '/subscriptions',
    request,
  );
  const path = `/subscriptions/${made.subscriptionId}`;
  undo.add(`${made.subscriptionId} of ${SMOKE_TENANT}`, () => cleaner.do('POST', `${path}/cancel`, {}));
  if (made.state === 'pending') await management.do('POST', `${path}/approve`, {});
  const { primaryKey } = await management.do<{ primaryKey: string }>('POST', `${path}/keys/reveal`, {});
  const clientKey = api.clientKeyRequired ? await clientKeyOf(world, api) : undefined;
  return {
    key: primaryKey,
    ...(clientKey !== undefined && { clientKey }),
    ...(oauthToken !== undefined && { token: oauthToken }),
  };
}

async function clientKeyOf({ management }: World, { apiId }: ProtectedApi): Promise<string> {
  const path = `/apis/${apiId}/client-key/reveal`;
  return (await management.do<{ clientKey: string }>('POST', path, {})).clientKey;
}

/** Products can't be taken away, so the one of an earlier run is used again. */
async function productOf({ management, keep }: World, api: ProtectedApi): Promise<Product> {
  let cursor: string | null = null;
  do {
    const query = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<Product> = await management.do('GET', `/products?limit=100${query}`);
    const found = page.items.find(
      ({ name, apiIds }) => name === PRODUCT && apiIds[0] === api.apiId && apiIds.length === 1,
    );
    if (found !== undefined) {
      keep(`the product ${found.productId} of ${titleOf(api)}, without subscribers`);
      return found;
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  const made = await management.do<Product>('POST', '/products', { name: PRODUCT, apiIds: [api.apiId] });
  keep(`the product ${made.productId} of ${titleOf(api)}, without subscribers`);
  return made;
}
