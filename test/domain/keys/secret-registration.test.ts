import { describe, expect, test } from '@jest/globals';
import { createKey, rotateKey } from '../../../core/domain/keys/api-key-lifecycle.ts';
import { brokenRules } from '../../../core/domain/keys/key-rules.ts';
import { Pepper } from '../../../core/domain/keys/pepper.ts';
import { bindKey, registerSecret, usedSecretEndedBy } from '../../../core/domain/keys/secret-registration.ts';
import { createTenant } from '../../../core/domain/tenants/tenant.ts';
import { context, later } from '../context.ts';

const pepper = Pepper.parse(JSON.stringify({ current: 'v1', v1: 'p'.repeat(64) }));
const tenant = createTenant({ tenantId: 'tenant_acme', name: 'Acme' }, context()).state;
const secretOf = (text: string) => ({ id: `id ${text}`, hint: text.slice(-4), digest: pepper.digest(text) });
const input = {
  keyId: 'key_0123456789AB',
  name: 'K',
  type: 'secret',
  environment: 'live',
  role: 'writer',
} as const;
const binding = { principalArn: 'arn:aws:iam::111122223333:role/Rotate', maxOverlapSeconds: 3600 };
const at = (hours: number) => context({ now: later(hours * 3_600_000) });
const made = createKey(tenant, input, secretOf('first'), context()).state;
const bound = bindKey(made, binding, context())?.state ?? made;
const register = (
  key: typeof made,
  text: string,
  current: string | undefined,
  hours: number,
  more: object = {},
) => registerSecret(key, tenant, { text, current, secretId: `id ${text}`, ...more }, pepper, at(hours));
const ends = (key: typeof made) => key.secrets.map(({ hint, expiresAt }) => [hint, expiresAt]);

describe('a turn', () => {
  const registered = register(bound, 'second', 'first', 1)?.state ?? bound;
  const handedOut = register(registered, 'second', 'second', 2)?.state ?? registered;
  const end = at(3).now.toISOString();

  test('registers the new secret beside the current one, which has no end until the new one is handed out', () => {
    expect(ends(registered)).toEqual([
      ['cond', undefined],
      ['irst', undefined],
    ]);
    expect(ends(handedOut)).toEqual([
      ['cond', undefined],
      ['irst', end],
    ]);
  });

  test('may be told again at each point, and nothing changes', () => {
    expect(register(registered, 'second', 'first', 1)).toBeUndefined();
    expect(register(handedOut, 'second', 'second', 50)).toBeUndefined();
  });

  test('never leaves an old secret longer than the binding lets it', () => {
    const more = { overlapSeconds: 30 * 86_400 };
    expect(ends(register(registered, 'second', 'second', 2, more)?.state ?? registered)[1]).toEqual([
      'irst',
      end,
    ]);
    const less = { overlapSeconds: 600 };
    const [, old] = ends(register(registered, 'second', 'second', 2, less)?.state ?? registered);
    expect(old?.[1]).toBe(later(2 * 3_600_000 + 600_000).toISOString());
  });

  test('keeps to the tenant’s policy, which counts an overlap from when the new secret is handed out', () => {
    const settings = { ...tenant.settings, keyPolicies: { live: { maxOverlapSeconds: 600 } } };
    const strict = { ...tenant, settings };
    const change = registerSecret(
      registered,
      strict,
      { text: 'second', current: 'second', secretId: 'x' },
      pepper,
      at(2),
    );
    const state = change?.state ?? registered;
    expect(ends(state)[1]?.[1]).toBe(later(2 * 3_600_000 + 600_000).toISOString());
    expect(brokenRules(state, strict, at(2).now)).toEqual([]);
  });

  test('that is begun anew replaces what was never handed out, and not what consumers have', () => {
    const anew = register(registered, 'third', 'first', 5);
    expect(ends(anew?.state ?? registered)).toEqual([
      ['hird', undefined],
      ['irst', undefined],
    ]);
    expect(anew?.event.data).toMatchObject({ hint: 'hird', endedHint: 'cond' });
  });

  test('brings back no secret that the key had', () => {
    const next = register(handedOut, 'third', 'second', 5)?.state ?? handedOut;
    for (const had of ['first', 'second'])
      expect(() => register(next, had, 'third', 6)).toThrow(/had this secret before/);
    let key = next;
    for (let i = 0; i < 20; i++)
      key = register(key, `n${i}`, i ? `n${i - 1}` : 'third', 10 + i)?.state ?? key;
    expect([key.secrets.length, key.formerDigests?.length]).toEqual([2, 10]);
  });

  test('leaves an end that a person set', () => {
    const rotated = rotateKey(bound, tenant, { overlapSeconds: 7200, secret: secretOf('hand') }, at(1)).state;
    const [, kept] = ends(register(rotated, 'second', 'first', 2)?.state ?? rotated);
    expect(kept).toEqual(['irst', at(3).now.toISOString()]);
  });

  test('whose old secret has ended meanwhile is handed out all the same, and the event names no end', () => {
    const rotated = rotateKey(bound, tenant, { overlapSeconds: 7200, secret: secretOf('hand') }, at(1)).state;
    const begun = register(rotated, 'second', 'first', 2)?.state ?? rotated;
    expect(register(begun, 'second', 'second', 4)?.event.data).toEqual({
      from: { overlapEndsAt: null },
      to: { overlapEndsAt: null },
    });
  });

  test('of two live secrets has to say which one is current', () => {
    expect(() => register(registered, 'third', undefined, 3)).toThrow(/say in current/);
  });
});

test('a live secret that was used is named before it is ended, and what goes on never is', () => {
  const registered = register(bound, 'second', 'first', 1)?.state ?? bound;
  const usedAt = at(2).now.toISOString();
  const lastUse = { at: usedAt, bySecret: { 'id first': usedAt, 'id second': usedAt } };
  const asked = (current: string) =>
    usedSecretEndedBy(registered, { text: 'third', current }, lastUse, pepper, at(3).now)?.hint;
  expect([asked('first'), asked('second')]).toEqual([undefined, 'irst']);
});

test('a binding is an update of the key, and the same one again is none', () => {
  expect(bindKey(bound, binding, context())).toBeUndefined();
  expect(bindKey(bound, undefined, context())?.event.data).toEqual({
    from: { rotation: binding },
    to: { rotation: null },
  });
});
