import { describe, expect, test } from '@jest/globals';
import { KeySources, type RequestSource } from '../../core/access/key-sources.ts';
import type { AccessStore } from '../../core/access/ports.ts';
import type { Caller } from '../../core/domain/decision/decision.ts';

const START = Date.parse('2026-06-01T12:00:00Z');

describe('a network that is noted', () => {
  const DAY = 24 * 3600;
  const SECONDS = START / 1000;
  const seen = async (seenUntil: number | undefined) => {
    const noted: unknown[] = [];
    const store = { noteNetwork: async (source: unknown) => void noted.push(source) };
    const known = new KeySources({
      store: store as unknown as AccessStore,
      now: () => START,
      onWarning: () => undefined,
    });
    const caller = { credentialId: 'c', keyId: 'key_c', tenantId: 'tenant_a', keyType: 'secret' } as Caller;
    const source: RequestSource = {
      sourceIp: '203.0.113.7',
      requestId: 'r',
      read: { network: '203.0.113.0/24', networkSeenUntil: seenUntil },
    };
    await known.note(caller, source);
    await known.note(caller, source);
    expect(known.knows('203.0.113.7')).toBe(true);
    return noted;
  };
  const of = (knownUntil: number | undefined) => ({
    credentialId: 'c',
    keyId: 'key_c',
    tenantId: 'tenant_a',
    network: '203.0.113.0/24',
    sourceIp: '203.0.113.7',
    requestId: 'r',
    knownUntil,
  });

  test.each([
    ['never', undefined, [of(undefined)]],
    ['and is over this second', SECONDS, [of(undefined)]],
    ['and has a second left', SECONDS + 1, [of(SECONDS + 1)]],
    ['and has a second less than 30 days left', SECONDS + 30 * DAY - 1, [of(SECONDS + 30 * DAY - 1)]],
    ['and has 30 days left', SECONDS + 30 * DAY, []],
  ])('%s: is noted once and in full, or not at all', async (_, seenUntil, noted) => {
    expect(await seen(seenUntil)).toEqual(noted);
  });
});
