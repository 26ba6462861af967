import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { fetchJson, tokenVerifier } from '../../core/oauth/token-verifier.ts';

const ISSUER = 'https://issuer.test';
const REQUIREMENT = {
  issuer: ISSUER,
  audience: 'https://payments.example',
  requiredScopes: ['pay'],
  requiredRoles: [],
};
const GOOD = { clientId: 'client-1', expiresAt: expect.any(Number) };
const MINUTE = 60_000;

/** A pair of keys, the public one as an issuer publishes it. */
interface Signer {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

async function signer(kid: string): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}

let first: Signer;
let second: Signer;
let stranger: Signer;
beforeAll(async () => {
  [first, second, stranger] = (await Promise.all(['key-1', 'key-2', 'key-3'].map(signer))) as [
    Signer,
    Signer,
    Signer,
  ];
});
afterEach(() => {
  jest.restoreAllMocks();
});

function tokenBy(
  { privateKey }: Signer,
  kid: string,
  change: object = {},
  header: object = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: ISSUER, aud: REQUIREMENT.audience, client_id: 'client-1', scope: 'pay', iat: now };
  return new SignJWT({ ...claims, exp: now + 300, ...change })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header, kid })
    .sign(privateKey);
}

/** A verifier whose issuer publishes what `published` says, by a clock of its own. */
function verifierOf(issuer = ISSUER) {
  const world = { published: [first.jwk] as readonly unknown[] | undefined, time: 0, isDown: false };
  const asked: string[] = [];
  const fetch = async (url: string): Promise<unknown> => {
    asked.push(url);
    if (world.isDown) throw new Error('no connection');
    return url.endsWith('/openid-configuration') ? { jwks_uri: `${ISSUER}/jwks` } : { keys: world.published };
  };
  const verifier = tokenVerifier(fetch, () => world.time);
  return {
    world,
    asked,
    verify: (token: string) => verifier.verify(token, { ...REQUIREMENT, issuer }),
  };
}

/** A reading is the discovery document and the keys. */
const READING = 2;

describe('keys that the issuer has rolled', () => {
  test('are read when a token names one that was not there, and its token is good', async () => {
    const { world, verify, asked } = verifierOf();
    expect(await verify(await tokenBy(first, 'key-1'))).toEqual(GOOD);
    world.published = [first.jwk, second.jwk];
    world.time = 10_000;
    expect(await verify(await tokenBy(second, 'key-2'))).toEqual(GOOD);
    expect(await verify(await tokenBy(first, 'key-1'))).toEqual(GOOD);
    expect(asked).toHaveLength(2 * READING);
  });

  test.each([
    ['a stranger signed under the new key’s id', () => tokenBy(stranger, 'key-2')],
    ['a stranger signed under an id that nobody published', () => tokenBy(stranger, 'key-3')],
    ['the old key signed under the new one’s id', () => tokenBy(first, 'key-2')],
    ['the new key signed under the old one’s id', () => tokenBy(second, 'key-1')],
    ['the new key signed for another API', () => tokenBy(second, 'key-2', { aud: 'https://other.example' })],
    ['the new key signed for another issuer', () => tokenBy(second, 'key-2', { iss: `${ISSUER}.evil` })],
    ['the new key signed long ago', () => tokenBy(second, 'key-2', { exp: 1_000_000_000 })],
    [
      'the new key signed with its public key in the header',
      () => tokenBy(stranger, 'key-9', {}, { jwk: stranger.jwk }),
    ],
  ])('do not let in what %s', async (_, token) => {
    const { world, verify } = verifierOf();
    await verify(await tokenBy(first, 'key-1'));
    world.published = [first.jwk, second.jwk];
    world.time = 10_000;
    expect(await verify(await token())).toBeUndefined();
    world.time = 20_000;
    expect(await verify(await token())).toBeUndefined();
  });

  test('are looked for once in ten seconds, however many tokens name a key that is not there', async () => {
    const { world, verify, asked } = verifierOf();
    await verify(await tokenBy(first, 'key-1'));
    for (const time of [0, 1, 9999]) {
      world.time = time;
      expect(await verify(await tokenBy(second, 'key-2'))).toBeUndefined();
    }
    expect(asked).toHaveLength(READING);
    world.time = 10_000;
    await Promise.all([1, 2, 3].map(async () => verify(await tokenBy(second, 'key-2'))));
    expect(asked).toHaveLength(2 * READING);
  });

  test('are not looked for by a token that names a known one and is refused for something else', async () => {
    const { world, verify, asked } = verifierOf();
    await verify(await tokenBy(first, 'key-1'));
    world.time = 10_000;
    for (const token of [
      await tokenBy(stranger, 'key-1'),
      await tokenBy(first, 'key-1', { exp: 1 }),
      'a.b.c',
    ])
      expect(await verify(token)).toBeUndefined();
    expect(asked).toHaveLength(READING);
  });

  test('serve for an hour and are read again then: a key that was withdrawn is good no more', async () => {
    const { world, verify, asked } = verifierOf();
    await verify(await tokenBy(first, 'key-1'));
    world.published = [second.jwk];
    world.time = 60 * MINUTE - 1;
    expect(await verify(await tokenBy(first, 'key-1'))).toEqual(GOOD);
    expect(asked).toHaveLength(READING);
    world.time = 60 * MINUTE;
    expect(await verify(await tokenBy(first, 'key-1'))).toBeUndefined();
    expect(await verify(await tokenBy(second, 'key-2'))).toEqual(GOOD);
    expect(asked).toHaveLength(2 * READING);
  });

  test.each([
    ['is down', () => undefined, true],
    ['answers without keys', () => undefined, false],
    ['answers with none that can be used', () => [{ kty: 'new', kid: 'key-9' }], false],
  ])('serve on while the issuer %s', async (_, published, isDown) => {
    const { world, verify } = verifierOf();
    await verify(await tokenBy(first, 'key-1'));
    Object.assign(world, { published: published(), isDown, time: 60 * MINUTE });
    expect(await verify(await tokenBy(first, 'key-1'))).toEqual(GOOD);
    // It may be a new key: that can't be told, and is no refusal.
    await expect(verify(await tokenBy(second, 'key-2'))).rejects.toThrow(/can't be read/);
    Object.assign(world, { published: [second.jwk], isDown: false, time: 60 * MINUTE + 9999 });
    await expect(verify(await tokenBy(second, 'key-2'))).rejects.toThrow(/can't be read/);
    world.time += 1;
    expect(await verify(await tokenBy(second, 'key-2'))).toEqual(GOOD);
  });

  test('may be none at all: the issuer has withdrawn them, and nobody is let in', async () => {
    const { world, verify } = verifierOf();
    await verify(await tokenBy(first, 'key-1'));
    Object.assign(world, { published: [], time: 60 * MINUTE });
    expect(await verify(await tokenBy(first, 'key-1'))).toBeUndefined();
  });
});

test('an issuer without an answer yet is asked again after one second, not sooner', async () => {
  const { world, verify, asked } = verifierOf();
  world.isDown = true;
  const token = await tokenBy(first, 'key-1');
  await expect(verify(token)).rejects.toThrow(`the keys of ${ISSUER} can't be read`);
  expect(asked).toHaveLength(2);
  Object.assign(world, { isDown: false, time: 999 });
  await expect(verify(token)).rejects.toThrow(ISSUER);
  expect(asked).toHaveLength(2);
  world.time = 1000;
  expect(await verify(token)).toEqual(GOOD);
});

test.each([
  ['https://issuer.test', 'https://issuer.test/.well-known/openid-configuration'],
  ['https://issuer.test/', 'https://issuer.test/.well-known/openid-configuration'],
  ['https://issuer.test/pool/a', 'https://issuer.test/pool/a/.well-known/openid-configuration'],
  ['https://issuer.test/pool/a/', 'https://issuer.test/pool/a/.well-known/openid-configuration'],
])('%s is asked for its keys at %s', async (issuer, url) => {
  const { verify, asked } = verifierOf(issuer);
  expect(await verify(await tokenBy(first, 'key-1', { iss: issuer }))).toEqual(GOOD);
  expect(asked[0]).toBe(url);
});

test.each([
  ['exp', 60, GOOD],
  ['exp', 61, undefined],
  ['nbf', -60, GOOD],
  ['nbf', -61, undefined],
])('by %s, clocks may differ by a minute: at %i seconds after it', async (claim, seconds, expected) => {
  const { verify } = verifierOf();
  const now = 1_800_000_000;
  const token = await tokenBy(first, 'key-1', { exp: now + 300, iat: now, [claim]: now - seconds });
  jest.spyOn(Date, 'now').mockReturnValue(now * 1000);
  expect(await verify(token)).toEqual(expected);
});

test('a token of 16,384 characters is looked at, one of 16,385 is not', async () => {
  const { verify } = verifierOf();
  const lengths = [16_384, 16_385].map(tokenOfLength);
  const [longest, tooLong] = await Promise.all(lengths);
  expect(await verify(longest ?? '')).toEqual(GOOD);
  expect(await verify(tooLong ?? '')).toBeUndefined();
});

/** Header and claims are encoded apart, by three bytes in four characters: some pair of paddings fits. */
async function tokenOfLength(length: number): Promise<string> {
  for (const inHeader of ['', 'h', 'hh', 'hhh']) {
    const header = { pad: inHeader };
    const bare = await tokenBy(first, 'key-1', { pad: '' }, header);
    const near = Math.floor(((length - bare.length) * 3) / 4);
    for (const size of [near - 1, near, near + 1]) {
      const token = await tokenBy(first, 'key-1', { pad: 'p'.repeat(size) }, header);
      if (token.length === length) return token;
    }
  }
  throw new Error(`no token has ${length} characters`);
}

describe('an issuer’s answer', () => {
  async function withServer<Result>(
    listener: RequestListener,
    use: (url: string) => Promise<Result>,
  ): Promise<Result> {
    const server = createServer(listener);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  test('is not looked for elsewhere: a redirect is refused', async () => {
    const seen: string[] = [];
    await withServer(
      (request, response) => {
        seen.push(request.url ?? '');
        if (request.url === '/keys') response.writeHead(302, { location: '/stolen' }).end();
        else response.end('{"keys":[]}');
      },
      async (url) => {
        await expect(fetchJson(`${url}/keys`)).rejects.toThrow();
        expect(await fetchJson(`${url}/stolen`)).toEqual({ keys: [] });
      },
    );
    expect(seen).toEqual(['/keys', '/stolen']);
  });

  test.each([400, 404, 500, 503])('with the status %i is none, whatever it says', (status) =>
    withServer(
      (_, response) => response.writeHead(status).end('{"keys":[]}'),
      (url) => expect(fetchJson(url)).rejects.toThrow(`${url} answered ${status}`),
    ),
  );

  test('is waited for a second: half of one is in time, two are not', async () => {
    await withServer(
      (request, response) =>
        void setTimeout(() => response.end('{}'), request.url === '/slow' ? 2000 : 500).unref(),
      async (url) => {
        const [inTime, late] = await Promise.allSettled([
          fetchJson(`${url}/quick`),
          fetchJson(`${url}/slow`),
        ]);
        expect(inTime.status).toBe('fulfilled');
        expect(late.status).toBe('rejected');
      },
    );
  });
});
