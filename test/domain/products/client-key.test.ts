import { expect, test } from '@jest/globals';
import {
  clientKeyOf,
  publishClientKey,
  regenerateClientKey,
  requireClientKey,
  revealClientKey,
  unpublishClientKey,
} from '../../../core/domain/products/client-key.ts';
import type { ProtectedApi } from '../../../core/domain/products/protected-api.ts';
import { context, later, NOW } from '../context.ts';

const key = (id: string) => ({
  ...{ text: `text ${id}`, digest: { pepper: 'v1', hmac: id }, hint: id },
  sealed: `sealed ${id}`,
});
const kept = clientKeyOf(key('aaaa'), NOW);
const api: ProtectedApi = {
  ...{ apiId: 'api_1', name: 'A', environment: 'live', scheme: 'subscription', routes: [] },
  ...kept,
  clientKey: { ...kept.clientKey, leakedAt: NOW.toISOString() },
  ...{ createdAt: NOW.toISOString(), revision: 4 },
};

test('of a client key its digest, its last characters, its time and its sealed text are kept, and never its text', () => {
  const { clientKey, sealedClientKey, ...rest } = kept;
  expect(clientKey).toEqual({
    ...{ digest: { pepper: 'v1', hmac: 'aaaa' }, hint: 'aaaa', createdAt: NOW.toISOString() },
  });
  expect([sealedClientKey, rest]).toEqual(['sealed aaaa', {}]);
});

test('showing it changes nothing but that it was shown, which is told with its hint', () => {
  const { state, event } = revealClientKey(api, context());
  expect(state).toEqual({ ...api, revision: 5 });
  expect(event).toMatchObject({
    ...{ type: 'clientKey.revealed', tenantId: null, subject: { type: 'api', id: 'api_1' } },
    data: { hint: 'aaaa' },
  });
});

test('a new one takes the place of the old, whose leak is not the new one’s', () => {
  const { state, event } = regenerateClientKey(api, key('bbbb'), 'for all', context({ now: later(5) }));
  expect(state).toEqual({ ...api, ...clientKeyOf(key('bbbb'), later(5)), revision: 5 });
  expect(event).toMatchObject({ type: 'clientKey.regenerated', data: { hint: 'bbbb' } });
  expect(JSON.stringify({ state, event })).not.toContain('text bbbb');
});

test('an API that has none is told so, whatever is asked', () => {
  const { clientKey, ...without } = api;
  const refused = expect.objectContaining({
    code: 'invalid_state',
    message: 'The API has no client key: it is not of the subscription scheme',
  });
  expect(requireClientKey(api)).toBe(clientKey);
  expect(() => requireClientKey(without)).toThrow(refused);
  expect(() => revealClientKey(without, context())).toThrow(refused);
  expect(() => regenerateClientKey(without, key('bbbb'), undefined, context())).toThrow(refused);
  expect(() => publishClientKey({ ...without, environment: 'sandbox' }, 'x', context())).toThrow(refused);
});

test('a sandbox API’s can be published, which is told as a showing, and taken back; a live one’s can not', () => {
  const sandbox = { ...api, environment: 'sandbox' } as const;
  const { state, event } = publishClientKey(sandbox, 'for all', context());
  expect(state).toEqual({ ...sandbox, publicClientKey: 'for all', revision: 5 });
  expect(event).toMatchObject({ type: 'clientKey.revealed', data: { hint: 'aaaa', published: true } });
  const back = unpublishClientKey(state, context());
  expect(back?.state).toEqual({ ...sandbox, revision: 6 });
  expect(back?.event).toMatchObject({ type: 'api.updated', data: { to: { clientKeyPublished: false } } });
  expect(unpublishClientKey(sandbox, context())).toBeUndefined();
  expect(() => publishClientKey(api, 'for all', context())).toThrow('this API is live');
});

test('a new one is as public as the one before, and never shown by the old one’s text', () => {
  const published = { ...api, publicClientKey: 'old for all' };
  const textOf = (sealed: string | undefined) =>
    regenerateClientKey(published, key('bbbb'), sealed, context()).state.publicClientKey;
  expect([textOf('for all'), textOf(undefined)]).toEqual(['for all', undefined]);
  expect(regenerateClientKey(api, key('bbbb'), 'x', context()).state).not.toHaveProperty('publicClientKey');
});
