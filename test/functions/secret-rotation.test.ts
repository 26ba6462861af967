import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { notFound } from '../../core/domain/ground/not-found.ts';
import { NOBODY_ROTATES } from '../../core/domain/keys/rotation-binding.ts';
import {
  call,
  isLetIn,
  management,
  newKey,
  note,
  PRINCIPAL,
  pass,
  Stored,
  startRotations,
  TENANT,
} from '../support/stored-key.ts';

let close: () => Promise<void>;
beforeAll(async () => {
  close = await startRotations();
});
afterAll(() => close());

describe.each(['apiKey', 'subscription'] as const)('a stored key (%s)', (kind) => {
  test('is rotated, and consumers who have cached the old one go on', async () => {
    const stored = await Stored.make(kind);
    const first = await stored.current();
    await stored.turn();
    const second = await stored.current();
    expect(second).not.toBe(first);
    expect([await isLetIn(first), await isLetIn(second)]).toEqual([true, true]);
    pass(25 * 3600);
    expect([await isLetIn(first), await isLetIn(second)]).toEqual([kind === 'subscription', true]);
    await stored.turn();
    expect([await isLetIn(first), await isLetIn(second)]).toEqual([false, true]);
    await stored.check();
  });
});

test.each(['apiKey', 'subscription'] as const)(
  'whose program rotates a key is told until nobody’s does (%s)',
  async (kind) => {
    const { id } = await Stored.make(kind);
    const path =
      kind === 'apiKey' ? `/v1/tenants/${TENANT}/keys/${id}/rotation` : `/v1/subscriptions/${id}/rotation`;
    expect((await management.call(`GET ${path}`)).body).toMatchObject({ principalArn: PRINCIPAL });
    expect((await management.call(`DELETE ${path}`)).status).toBe(204);
    const { status, body } = await management.call(`GET ${path}`);
    expect([status, body.error.code, body.error.message]).toEqual([404, 'not_found', NOBODY_ROTATES]);
    const nowhere = await management.call(`GET ${path.replace(id, `${id.slice(0, 4)}AAAAAAAAAAAA`)}`);
    expect([nowhere.status, nowhere.body.error.message]).toEqual([404, notFound().message]);
  },
);

describe('a secret that somebody uses', () => {
  test('is not ended: the turn waits, an alert names the network’s key, and by order it goes on', async () => {
    const stored = await Stored.make('subscription');
    const first = await stored.current();
    await stored.turn();
    pass(25 * 3600);
    await note(stored.id, 'primary');
    pass(20 * 3600);
    await expect(stored.turn()).rejects.toThrow(/was last used at/);
    expect([await isLetIn(first), await isLetIn(await stored.current())]).toEqual([true, true]);
    const { items } = (await management.call('GET /v1/alerts')).body;
    expect(items[0]).toMatchObject({ kind: 'oldSecretInUse', subject: { id: stored.id }, tenantId: TENANT });
    // How long it was quiet, of how long it has to be, in minutes.
    expect(items[0].evidence).toMatchObject({ measured: 20 * 60, threshold: 24 * 60 });
    // Quiet for a day: the same turn goes on by itself.
    pass(25 * 3600);
    await stored.turn();
    expect(await isLetIn(first)).toBe(false);
  });

  test('which a person made by hand meanwhile, is not ended either', async () => {
    const stored = await Stored.make('apiKey');
    const path = `/v1/tenants/${TENANT}/keys/${stored.id}`;
    pass(60);
    const { secret } = await call(`POST ${path}/rotate`, { overlapSeconds: 30 * 86_400 });
    await expect(stored.turn()).rejects.toThrow(/was last used at/);
    expect([await isLetIn(secret), await isLetIn(await stored.current())]).toEqual([true, true]);
  });
});

describe('whoever is not bound', () => {
  const register = (id: string, secret: string, principal: string, more: object = {}) =>
    management.call(`POST /v1/rotation/${id}`, {
      principal,
      body: { secret, clientRequestToken: 'token-1', ...more },
    });
  const drawn = (id: string, prefix = 'sk', environment: 'live' | 'sandbox' = 'live') =>
    management.keyFormat.mint(prefix as never, environment, id.slice(-12), randomBytes);

  test('registers nothing, and learns nothing of what there is', async () => {
    const [id] = await newKey();
    const others = ['role/backend2', 'role/Backend', 'user/backend', 'root'].map(
      (name) => `arn:aws:iam::000000000000:${name}`,
    );
    for (const principal of others) {
      const answer = await register(id, drawn(id), principal);
      const missing = await register('key_000000000000', drawn('key_000000000000'), principal);
      expect([answer.status, answer.body.error.message]).toEqual([404, missing.body.error.message]);
    }
    const session = 'arn:aws:sts::000000000000:assumed-role/backend/any';
    expect((await register(id, drawn(id), session)).status).toBe(200);
    expect((await register(id, drawn(id), PRINCIPAL.replace('000000000000', '111122223333'))).status).toBe(
      403,
    );
    await call(`DELETE /v1/tenants/${TENANT}/keys/${id}/rotation`).catch(() => undefined);
    expect((await register(id, drawn(id), session)).status).toBe(404);
  });

  test('what is no key of the credential’s, or was one before, is refused and quoted nowhere', async () => {
    const [id, first] = await newKey();
    const other = (await newKey())[0];
    for (const text of ['x', drawn(other), drawn(id, 'pk'), drawn(id, 'sub'), drawn(id, 'sk', 'sandbox')]) {
      const answer = await register(id, text, PRINCIPAL);
      expect([answer.status, answer.body.error.param]).toEqual([400, 'secret']);
      expect(answer.text).not.toContain(text.length > 1 ? text : 'nothing');
    }
    const second = drawn(id);
    const done = await register(id, second, PRINCIPAL, { current: first });
    expect(done.body).toEqual({
      credentialId: id,
      hint: second.slice(-4),
      old: { hint: first.slice(-4), expiresAt: null },
    });
    expect((await register(id, second, PRINCIPAL, { current: first })).body).toEqual(done.body);
    expect((await register(id, drawn(id), PRINCIPAL)).body.error.param).toBe('current');
    expect((await register(id, first, PRINCIPAL, { current: second })).status).toBe(409);
    const handedOut = await register(id, second, PRINCIPAL, { current: second, overlapSeconds: 600 });
    const end = new Date(management.clock.getTime() + 600_000).toISOString();
    expect(handedOut.body.old).toEqual({ hint: first.slice(-4), expiresAt: end });
    pass(700);
    const third = drawn(id);
    expect((await register(id, third, PRINCIPAL, { current: second })).status).toBe(200);
    expect((await register(id, first, PRINCIPAL, { current: third })).status).toBe(409);
    for (const text of [first, second, third]) expect(management.logged.join('')).not.toContain(text);
  });
});
