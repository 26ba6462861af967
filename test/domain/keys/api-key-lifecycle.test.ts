import { describe, expect, test } from '@jest/globals';
import type { Change, ChangeContext } from '../../../core/domain/audit/audit-event.ts';
import { type ApiKey, liveSecrets } from '../../../core/domain/keys/api-key.ts';
import {
  createKey,
  disableKey,
  enableKey,
  endOverlap,
  type NewApiKey,
  revokeKey,
  rotateKey,
  updateKey,
} from '../../../core/domain/keys/api-key-lifecycle.ts';
import { createTenant, type Tenant } from '../../../core/domain/tenants/tenant.ts';

const START = new Date('2026-11-22T12:00:00.000Z');
const DAY = 86_400;

function at(seconds: number): ChangeContext {
  return {
    now: new Date(START.getTime() + seconds * 1000),
    actor: { type: 'admin', id: 'person-admin', ip: '198.51.100.7' },
    requestId: 'request-1',
    eventId: `event-${seconds}`,
  };
}

const TENANT: Tenant = createTenant({ tenantId: 'tenant_acme', name: 'Acme' }, at(0)).state;
const SUSPENDED: Tenant = { ...TENANT, status: 'suspended' };
const INPUT: NewApiKey = {
  keyId: 'key_0123456789AB',
  name: 'Billing',
  type: 'secret',
  environment: 'live',
  role: 'writer',
};

function secret(id: string) {
  return { id, hint: id.padStart(4, '0'), digest: { pepper: 'v1', hmac: `digest of ${id}` } };
}

function created(input: Partial<NewApiKey> = {}): ApiKey {
  return createKey(TENANT, { ...INPUT, ...input }, secret('first'), at(0)).state;
}

function rotated(key: ApiKey, seconds: number, overlapSeconds = DAY, id = 'second'): ApiKey {
  return rotateKey(key, TENANT, { overlapSeconds, secret: secret(id) }, at(seconds)).state;
}

const active = created();
const disabled = disableKey(active, undefined, at(0)).state;
const revoked = revokeKey(active, undefined, at(0)).state;
const expired = created({ expiresAt: at(1).now.toISOString() });
const overlapping = rotated(active, 0);

describe('what may be done in which state', () => {
  const changes: Record<string, (key: ApiKey, tenant?: Tenant) => Change<ApiKey> | undefined> = {
    update: (key, tenant = TENANT) => updateKey(key, tenant, { name: 'Other' }, at(5)),
    disable: (key) => disableKey(key, 'odd', at(5)),
    enable: (key, tenant = TENANT) => enableKey(key, tenant, at(5)),
    rotate: (key, tenant = TENANT) =>
      rotateKey(key, tenant, { overlapSeconds: DAY, secret: secret('third') }, at(5)),
    endOverlap: (key) => endOverlap(key, at(5)),
    revoke: (key) => revokeKey(key, 'leaked', at(5)),
  };
  const states = { active, disabled, overlapping, revoked, expired };
  const allowed: Record<keyof typeof states, string[]> = {
    active: ['update', 'disable', 'rotate', 'revoke'],
    disabled: ['update', 'enable', 'rotate', 'revoke'],
    overlapping: ['update', 'disable', 'rotate', 'endOverlap', 'revoke'],
    revoked: [],
    expired: [],
  };
  for (const [state, key] of Object.entries(states)) {
    for (const [name, change] of Object.entries(changes)) {
      const may = allowed[state as keyof typeof states].includes(name);
      test(`${name} on a key that is ${state} ${may ? 'is done' : 'is refused'}`, () => {
        if (may) {
          const made = change(key);
          expect(made?.state.revision).toBe(key.revision + 1);
          expect(made?.event.subject).toEqual({ type: 'apiKey', id: key.keyId });
        } else {
          expect(() => change(key)).toThrow(expect.objectContaining({ code: 'invalid_state' }));
        }
      });
    }
  }

  test('a suspended tenant gets no key, no new secret and nothing enabled', () => {
    const refused = expect.objectContaining({ code: 'invalid_state' });
    expect(() => createKey(SUSPENDED, INPUT, secret('first'), at(0))).toThrow(refused);
    expect(() => changes.rotate?.(active, SUSPENDED)).toThrow(refused);
    expect(() => changes.enable?.(disabled, SUSPENDED)).toThrow(refused);
  });

  test('a suspended tenant’s keys can still be changed and revoked', () => {
    expect(changes.update?.(active, SUSPENDED)?.state.name).toBe('Other');
    expect(changes.revoke?.(active)?.state.status).toBe('revoked');
  });
});

describe('secrets', () => {
  test('after a rotation both work until the overlap ends, and then the new one alone', () => {
    expect(liveSecrets(overlapping, at(DAY - 1).now).map(({ id }) => id)).toEqual(['second', 'first']);
    expect(liveSecrets(overlapping, at(DAY).now).map(({ id }) => id)).toEqual(['second']);
  });

  test('a rotation without overlap ends the old secret at once, digest and all', () => {
    const key = rotated(active, 10, 0);
    expect(key.secrets.map(({ id }) => id)).toEqual(['second']);
    expect(Object.keys(key.digests)).toEqual(['second']);
  });

  test('rotated again while two work, the newer one is replaced at once and the older one’s end stays', () => {
    for (const overlapSeconds of [0, 60, 30 * DAY]) {
      const key = rotated(overlapping, DAY - 1, overlapSeconds, 'third');
      expect(key.secrets).toMatchObject([
        { id: 'third' },
        { id: 'first', expiresAt: at(DAY).now.toISOString() },
      ]);
      expect(Object.keys(key.digests).sort()).toEqual(['first', 'third']);
      expect(liveSecrets(key, at(DAY).now).map(({ id }) => id)).toEqual(['third']);
    }
  });

  test('what is told of it is what was done: which secret ended, and when the older one will', () => {
    const input = { overlapSeconds: 0, secret: secret('third') };
    const { event } = rotateKey(overlapping, TENANT, input, at(DAY - 1));
    expect(event.data).toEqual({
      hint: 'third',
      overlapSeconds: 1,
      overlapEndsAt: at(DAY).now.toISOString(),
      replacedHint: 'second',
    });
    expect(rotateKey(active, TENANT, input, at(1)).event.data).not.toHaveProperty('replacedHint');
  });

  test('a secret that has ended is dropped by the next rotation', () => {
    const key = rotated(overlapping, DAY, DAY, 'third');
    expect(key.secrets.map(({ id }) => id)).toEqual(['third', 'second']);
    expect(Object.keys(key.digests).sort()).toEqual(['second', 'third']);
  });

  test('ending the overlap leaves the new secret alone', () => {
    const key = endOverlap(overlapping, at(60)).state;
    expect(key.secrets.map(({ id }) => id)).toEqual(['second']);
    expect(Object.keys(key.digests)).toEqual(['second']);
    expect(() => endOverlap(key, at(61))).toThrow(expect.objectContaining({ code: 'invalid_state' }));
  });

  test('an overlap that is over can’t be ended', () => {
    expect(() => endOverlap(overlapping, at(DAY))).toThrow(
      expect.objectContaining({ code: 'invalid_state' }),
    );
  });
});

describe('restrictions', () => {
  test('the role must be one of the tenant’s', () => {
    for (const role of ['nobody', 'constructor', '__proto__']) {
      const refused = expect.objectContaining({ code: 'invalid_request', param: 'role' });
      expect(() => created({ role })).toThrow(refused);
      expect(() => updateKey(active, TENANT, { role }, at(1))).toThrow(refused);
    }
  });

  test('an expiry lies in the future', () => {
    const expiresAt = at(0).now.toISOString();
    const refused = expect.objectContaining({ code: 'invalid_request', param: 'expiresAt' });
    expect(() => created({ expiresAt })).toThrow(refused);
    expect(() => updateKey(active, TENANT, { expiresAt }, at(0))).toThrow(refused);
  });

  test('is told of an unknown role and of an end that is over at once', () => {
    const wrong = { role: 'nobody', expiresAt: at(0).now.toISOString() };
    const details = [{ param: 'role' }, { param: 'expiresAt' }];
    const both = expect.objectContaining({
      code: 'invalid_request',
      param: 'role',
      details: details.map((fault) => expect.objectContaining(fault)),
    });
    expect(() => created(wrong)).toThrow(both);
    expect(() => updateKey(active, TENANT, wrong, at(0))).toThrow(both);
  });

  test('null clears what may be absent', () => {
    const key = created({ permissions: ['orders:read'], expiresAt: at(DAY).now.toISOString() });
    const state = updateKey(key, TENANT, { permissions: null, expiresAt: null }, at(1))?.state;
    expect(state).not.toHaveProperty('permissions');
    expect(state).not.toHaveProperty('expiresAt');
  });

  test('an update that changes nothing is no change', () => {
    expect(updateKey(active, TENANT, { name: 'Billing', allowedCidrs: [] }, at(1))).toBeUndefined();
  });
});

describe('events', () => {
  test('an update’s event says what was and what is, but of metadata only the keys', () => {
    const key = created({ metadata: { owner: 'someone private' } });
    const metadata = { team: 'another private thing' };
    const { event } = updateKey(key, TENANT, { name: 'Other', metadata }, at(1)) ?? {};
    expect(event).toMatchObject({
      type: 'apiKey.updated',
      time: at(1).now.toISOString(),
      tenantId: 'tenant_acme',
      actor: at(1).actor,
      data: { from: { name: 'Billing', metadata: ['owner'] }, to: { name: 'Other', metadata: ['team'] } },
    });
    expect(JSON.stringify(event)).not.toContain('private');
  });

  test('the largest event fits on the bus', () => {
    const wide = (length: number, seed: number) => `${seed}`.padEnd(length, '€');
    const largest = (seed: number) => ({
      name: wide(100, seed),
      permissions: Array.from({ length: 50 }, (_, i) => `${'r'.repeat(60)}${i}:read`),
      allowedCidrs: Array.from({ length: 100 }, () => 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128'),
      allowedOrigins: Array.from({ length: 100 }, () => `https://${'o'.repeat(290)}${seed}`),
      rateLimits: Array.from({ length: 5 }, () => ({ limit: 1_000_000_000, windowSeconds: 2_678_400 })),
      metadata: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [wide(40, i), wide(500, seed)])),
    });
    const { event } = updateKey(created(largest(1)), TENANT, largest(2), at(1)) ?? {};
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(128 * 1024);
  });

  test('no event holds a secret’s digest', () => {
    const changes = [
      createKey(TENANT, INPUT, secret('first'), at(0)),
      rotateKey(active, TENANT, { overlapSeconds: 60, secret: secret('second') }, at(1)),
      endOverlap(overlapping, at(1)),
      revokeKey(active, undefined, at(1)),
    ];
    for (const { event } of changes) expect(JSON.stringify(event)).not.toContain('digest of');
  });
});
