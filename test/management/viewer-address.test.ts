import { describe, expect, test } from '@jest/globals';
import { originSecret } from '../../core/aws/origin-secret.ts';
import { FORWARDED } from '../../core/contract/forwarded.ts';
import { fromViewer } from '../../core/management/viewer-address.ts';

const [OLD, NEW, OTHER] = ['a', 'b', 'c'].map((letter) => letter.repeat(48)) as [string, string, string];
const EDGE = '130.176.0.1';
const VIEWER = '203.0.113.9';

/** Secrets Manager with a value that may change, or no answer, and how often it was asked. */
function secretsManager(value: object | undefined) {
  const state = { value, asked: 0, now: 1_000_000 };
  const call = async () => {
    state.asked += 1;
    if (state.value === undefined) throw new Error('Secrets Manager does not answer');
    return { SecretString: JSON.stringify(state.value) };
  };
  return { state, origin: originSecret(call, 'keywright/origin', () => state.now) };
}

const sent = (headers: Record<string, string>) => ({
  headers: { accept: '*/*', ...headers },
  requestContext: { http: { sourceIp: EDGE, method: 'GET' } },
});
const by = (secret: string, address = VIEWER) =>
  sent({ [FORWARDED.secret]: secret, [FORWARDED.address]: address });

describe('where a request is from', () => {
  const both = { current: NEW, previous: OLD };
  test.each([
    ['CloudFront with the current secret', by(NEW), VIEWER],
    ['CloudFront with the one before', by(OLD), VIEWER],
    ['CloudFront, of a viewer by IPv6', by(NEW, '2001:db8::1'), '2001:db8::1'],
    ['a stranger with a secret of their own', by(OTHER), EDGE],
    ['a stranger who gives the name of a field', by('current'), EDGE],
    ['a stranger with none', by(''), EDGE],
    ['a stranger who says an address alone', sent({ [FORWARDED.address]: VIEWER }), EDGE],
    ['CloudFront, of what is no address', by(NEW, '203.0.113.9, 8.8.8.8'), EDGE],
    ['CloudFront, of no address', sent({ [FORWARDED.secret]: NEW }), EDGE],
  ])('is told by %s', async (_, event, expected) => {
    const { http } = (await fromViewer(event, secretsManager(both).origin)).requestContext;
    expect(http).toEqual({ sourceIp: expected, method: 'GET' });
  });

  test('the secret goes no further than this', async () => {
    const { headers } = await fromViewer(by(NEW), secretsManager(both).origin);
    expect(headers).toEqual({ accept: '*/*' });
  });

  test('nobody is believed where there is no secret, or none can be read', async () => {
    for (const origin of [undefined, secretsManager(undefined).origin]) {
      expect((await fromViewer(by(NEW), origin)).requestContext.http.sourceIp).toBe(EDGE);
    }
  });

  test('a secret that is too short to be one is none', async () => {
    const { origin } = secretsManager({ current: '' });
    expect(await origin.knows('')).toBe(false);
  });
});

describe('the secret', () => {
  test('is read once by all who come at once, and again after five minutes', async () => {
    const { state, origin } = secretsManager({ current: OLD });
    expect(await Promise.all([origin.knows(OLD), origin.knows(NEW), origin.knows(OLD)])).toEqual([
      true,
      false,
      true,
    ]);
    expect(state.asked).toBe(1);
    state.value = { current: NEW };
    state.now += 299_999;
    expect(await origin.knows(OLD)).toBe(true);
    expect(state.asked).toBe(1);
    state.now += 1;
    expect(await origin.knows(OLD)).toBe(false);
    expect(state.asked).toBe(2);
  });

  test('is read again for a value that it lacks, at most every ten seconds for all of them', async () => {
    const { state, origin } = secretsManager({ current: OLD });
    await origin.knows(OLD);
    state.value = { current: NEW, previous: OLD };
    state.now += 9_999;
    for (const value of [NEW, 'x'.repeat(64), NEW]) expect(await origin.knows(value)).toBe(false);
    expect(state.asked).toBe(1);
    state.now += 1;
    expect(await Promise.all([NEW, OLD, 'x'.repeat(64)].map((value) => origin.knows(value)))).toEqual([
      true,
      true,
      false,
    ]);
    expect(state.asked).toBe(2);
  });

  test('serves on while Secrets Manager does not answer', async () => {
    const { state, origin } = secretsManager({ current: OLD });
    await origin.knows(OLD);
    state.value = undefined as never;
    for (let i = 0; i < 4; i++) {
      state.now += 300_000;
      expect(await origin.knows(OLD)).toBe(true);
    }
    expect(state.asked).toBe(5);
  });

  test('that was never read is asked for every second', async () => {
    const { state, origin } = secretsManager(undefined as never);
    for (let i = 0; i < 3; i++) expect(await origin.knows(OLD)).toBe(false);
    expect(state.asked).toBe(1);
    state.value = { current: OLD };
    state.now += 1000;
    expect(await origin.knows(OLD)).toBe(true);
  });
});
