import { generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { IssuerKeys } from '../../core/oauth/issuer-keys.ts';
import { tokenVerifier } from '../../core/oauth/token-verifier.ts';
import { GitHubKeys } from '../../functions/leaks/github-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { TestManagement } from '../support/management.ts';

const ISSUER = 'https://issuer.test';
const requirement = { issuer: ISSUER, audience: 'payments', requiredScopes: [], requiredRoles: [] };

/** What others may publish beside what we can read. */
const STRANGE_JWKS = [
  null,
  5,
  'key',
  [],
  {},
  { kty: 'EC' },
  { kid: 'no-type', n: 'AQAB', e: 'AQAB' },
  { kty: 'FUTURE', kid: 'future', pub: 'xxxx' },
  { kty: 'AKP', kid: 'post-quantum', alg: 'ML-DSA-44', pub: 'xxxx' },
  { kty: 'EC', crv: 'P-999', kid: 'curve', x: 'AA', y: 'AA' },
  { kty: 'EC', crv: 'P-256', kid: 'off-the-curve', x: 'AA', y: 'AA' },
  { kty: 'oct', kid: 'shared', k: 'c2VjcmV0' },
  { kty: 'RSA', kid: 'half', e: 'AQAB' },
  { kty: 'RSA', kid: 5, n: 'AQAB', e: 'AQAB' },
  { kty: 'RSA', kid: 'use', use: 7, n: 'AQAB', e: 'AQAB' },
  { kty: 'RSA', n: 'AQAB', e: 'AQAB' },
];

describe('an issuer’s keys', () => {
  const pairs = Promise.all([
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('ES256', { extractable: true }),
  ]);
  async function published() {
    const [rsa, ec] = await pairs;
    return [
      { ...(await exportJWK(rsa.publicKey)), kid: 'rsa' },
      { ...(await exportJWK(ec.publicKey)), kid: 'ec', alg: 'ES256', use: 'sig' },
    ];
  }
  async function token(alg: 'RS256' | 'ES256') {
    const [rsa, ec] = await pairs;
    const kid = alg === 'RS256' ? 'rsa' : 'ec';
    return new SignJWT({ scope: '', client_id: 'app' })
      .setProtectedHeader({ alg, kid, typ: 'at+jwt' })
      .setIssuer(ISSUER)
      .setAudience('payments')
      .setSubject('app')
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(alg === 'RS256' ? rsa.privateKey : ec.privateKey);
  }
  const serving = (keys: () => unknown) => async (url: string) =>
    url.endsWith('/jwks') ? keys() : { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` };

  test('are used, whatever stands among them and in whatever order', async () => {
    const good = await published();
    const tokens = [await token('RS256'), await token('ES256')];
    const list = fc
      .subarray(STRANGE_JWKS as unknown[])
      .chain((strange) =>
        fc.shuffledSubarray([...strange, ...good], { minLength: strange.length + good.length }),
      );
    await fc.assert(
      fc.asyncProperty(list, async (keys) => {
        const warnings: string[] = [];
        const verifier = tokenVerifier(
          serving(() => ({ keys })),
          Date.now,
          (message) => warnings.push(message),
        );
        for (const text of tokens) expect(await verifier.verify(text, requirement)).toBeDefined();
        expect(warnings).toHaveLength(keys.length - good.length);
        for (const warning of warnings) expect(warning).toContain(ISSUER);
      }),
      { numRuns: 50 },
    );
  });

  test('of one kid are the first of them, and nobody is admitted by the other', async () => {
    const [own, other] = await published();
    const keys = [own, { ...other, kid: 'rsa' }];
    const verifier = tokenVerifier(
      serving(() => ({ keys })),
      Date.now,
    );
    expect(await verifier.verify(await token('RS256'), requirement)).toBeDefined();
    expect(await verifier.verify(await token('ES256'), requirement)).toBeUndefined();
  });

  test('that were read serve on when the list is not one any more', async () => {
    const good = await published();
    let now = 0;
    let answer: unknown = { keys: good };
    const keys = new IssuerKeys(
      ISSUER,
      serving(() => answer),
      () => now,
    );
    const known = await keys.current();
    for (answer of [{ keys: STRANGE_JWKS }, { keys: 'x' }, null, {}, 'x', { keys: null }]) {
      now += 2 * 3_600_000;
      expect(await keys.current()).toBe(known);
    }
    answer = { keys: good.slice(1) };
    now += 2 * 3_600_000;
    expect((await keys.current()).keys.map(({ kid }) => kid)).toEqual(['ec']);
  });
});

describe('GitHub’s keys', () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pemOf = (key: typeof pair.publicKey) => key.export({ type: 'spki', format: 'pem' }).toString();
  const own = { key_identifier: 'own', key: pemOf(pair.publicKey), is_current: true };
  const stranger = pemOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey);
  const strange = [
    null,
    5,
    {},
    { key_identifier: 'no key' },
    { key: own.key },
    { key_identifier: 'broken', key: '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n' },
    { key_identifier: 'other curve', key: stranger },
    { key_identifier: 'other kind', key: pemOf(generateKeyPairSync('ed25519').publicKey) },
    { key_identifier: 5, key: own.key },
    { ...own, key: stranger },
  ];
  const bytes = Buffer.from('[]');
  const signature = sign('sha256', bytes, pair.privateKey).toString('base64');

  test('are used, whatever stands among them', async () => {
    for (const odd of [...strange.map((one) => [one]), strange]) {
      const warnings: string[] = [];
      const fetched = async () => ({ public_keys: [own, ...odd] });
      const keys = new GitHubKeys(fetched, Date.now, (message) => warnings.push(message));
      expect(await keys.verify(bytes, 'own', signature)).toBe(true);
      expect(warnings).toHaveLength(odd.length);
    }
  });

  describe('while they can’t be fetched', () => {
    let dynamodb: TestDynamoDb;
    let management: TestManagement;
    beforeAll(async () => {
      dynamodb = await startDynamoDb();
    });
    beforeEach(() => {
      management = new TestManagement(dynamodb);
    });
    afterAll(() => dynamodb.close());
    const later = () => {
      management.clock = new Date(management.clock.getTime() + 120_000);
    };
    const down = () => Promise.reject(new Error('no connection'));
    const send = async (identifier: string, text: string) =>
      (
        await management.call('POST /v1/leaks/github', {
          claims: {},
          text: '[]',
          headers: { 'github-public-key-identifier': identifier, 'github-public-key-signature': text },
        })
      ).status;
    const wrong = sign('sha256', Buffer.from('[1]'), pair.privateKey).toString('base64');

    test('the last good list decides: a wrong signature and an unknown key are 403, a good one is 200', async () => {
      management.githubKeys = async () => ({ public_keys: [own] });
      expect(await send('own', signature)).toBe(200);
      for (const answer of [
        down,
        async () => ({}),
        async () => null,
        async () => ({ public_keys: strange.slice(0, 5) }),
      ]) {
        management.githubKeys = answer;
        later();
        expect(await send('own', wrong)).toBe(403);
        expect(await send('unknown', signature)).toBe(403);
        expect(await send('own', signature)).toBe(200);
      }
    });

    test('and none was known: 503 for what may be GitHub’s, 403 for what can be no signature; then at once again', async () => {
      management.githubKeys = down;
      expect(await send('own', signature)).toBe(503);
      for (const text of ['x', 'AAAA', '////', Buffer.alloc(64).toString('base64')]) {
        expect([text, await send('own', text)]).toEqual([text, 403]);
      }
      management.githubKeys = async () => ({ public_keys: [own] });
      management.clock = new Date(management.clock.getTime() + 1000);
      expect(await send('own', signature)).toBe(200);
    });
  });
});
