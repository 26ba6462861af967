import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { acceptToken, type VerifiedToken } from '../../core/domain/decision/access-token.ts';
import { personOf } from '../../core/domain/people/person.ts';
import { tokenVerifier } from '../../core/oauth/token-verifier.ts';
import { withClaims } from '../../functions/token-claims/claims.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

const AUDIENCE = 'https://payments.example';
const seconds = () => Math.floor(Date.now() / 1000);

let issuer: TokenIssuer;
beforeAll(async () => {
  issuer = await startTokenIssuer();
});
afterAll(() => issuer.close());

const fetchJson = async (url: string) => (await fetch(url)).json();
const required = { requiredScopes: ['pay'], requiredRoles: [] as string[] };

/** A good token of an issuer, but for the changes: a value of undefined takes a claim or header field away. */
async function verify(
  change: object,
  header: object = {},
  requirement: Partial<typeof required> = {},
): Promise<VerifiedToken | undefined> {
  const claims = {
    iss: issuer.issuer,
    aud: AUDIENCE,
    sub: 'client-1',
    client_id: 'client-1',
    scope: 'read pay',
    iat: seconds(),
    exp: seconds() + 300,
    ...change,
  };
  const token = await issuer.sign(claims, header);
  const wanted = { issuer: issuer.issuer, audience: AUDIENCE, ...required, ...requirement };
  return tokenVerifier(fetchJson, Date.now).verify(token, wanted);
}

describe('an access token is taken', () => {
  test.each([
    ['at+jwt', { typ: 'at+jwt' }],
    ['application/at+jwt', { typ: 'application/at+jwt' }],
    ['AT+JWT', { typ: 'AT+JWT' }],
    ['Application/AT+jwt', { typ: 'Application/AT+jwt' }],
    ['JWT', { typ: 'JWT' }],
    ['jwt', { typ: 'jwt' }],
    ['none', { typ: undefined }],
  ])('of the type %s', async (_, header) => {
    expect(await verify({}, header)).toMatchObject({ clientId: 'client-1' });
  });

  const bare = { client_id: undefined, scope: undefined };
  test.each([
    ['Okta', { ...bare, scp: ['read', 'pay'], cid: '0oa1', ver: 1 }, { typ: undefined }, '0oa1'],
    ['Entra ID v1', { ...bare, scp: 'read pay', appid: 'app-1', ver: '1.0' }, { typ: 'JWT' }, 'app-1'],
    ['Entra ID v2', { ...bare, scp: 'read pay', azp: 'app-2', ver: '2.0' }, { typ: 'JWT' }, 'app-2'],
    ['Auth0', { client_id: undefined, aud: ['other', AUDIENCE], azp: 'app-3' }, { typ: 'JWT' }, 'app-3'],
    ['Cognito', { aud: undefined, client_id: AUDIENCE, token_use: 'access' }, { typ: undefined }, AUDIENCE],
    ['Keycloak', { client_id: undefined, azp: 'app-4', typ: 'Bearer', nonce: 'n' }, { typ: 'JWT' }, 'app-4'],
    ['RFC 9068, of a person', { auth_time: 1, acr: '1', amr: ['pwd', 'mfa'] }, { typ: 'at+jwt' }, 'client-1'],
    ['one that names no client but its type', { client_id: undefined }, { typ: 'at+jwt' }, undefined],
  ])('of %s', async (_, change, header, clientId) => {
    expect(await verify(change, header)).toMatchObject({ clientId });
  });

  test('by roles alone, as Entra ID has them for applications', async () => {
    const change = { client_id: undefined, scope: undefined, azp: 'app-5', roles: ['Pay.All'] };
    const wanted = { requiredScopes: [], requiredRoles: ['Pay.All'] };
    expect(await verify(change, { typ: 'JWT' }, wanted)).toMatchObject({ clientId: 'app-5' });
  });
});

describe('a token is refused that differs from a good one only in that', () => {
  test.each([
    ...[
      'logout+jwt',
      'application/logout+jwt',
      'id+jwt',
      'secevent+jwt',
      'dpop+jwt',
      'token-introspection+jwt',
    ],
    ...[
      '',
      ' ',
      'at+jwt ',
      'at',
      'jwt+at',
      'at+jwt,JWT',
      'application/',
      'text/at+jwt',
      'JWS',
      'JOSE',
      'at+jwts',
    ],
  ])('its type is %j', async (typ) => {
    expect(await verify({}, { typ })).toBeUndefined();
  });

  test.each([[null], [7], [['at+jwt']], [{ typ: 'JWT' }], [true]])('its type is no text: %j', async (typ) => {
    expect(await verify({}, { typ })).toBeUndefined();
  });

  test('it asks for something to be understood, whatever that is', async () => {
    expect(await verify({}, { crit: ['b64'], b64: true })).toBeUndefined();
    const claims = { aud: AUDIENCE, scope: 'pay', exp: seconds() + 60 };
    const wanted = { issuer: issuer.issuer, audience: AUDIENCE, ...required };
    for (const typ of [undefined, 'JWT', 'at+jwt']) {
      expect(acceptToken({ typ }, claims, wanted)).toBeDefined();
      // Signing libraries refuse to sign most of these; others don't.
      for (const crit of [[], ['exp'], ['typ'], 'exp', '', null, 0, {}]) {
        expect(acceptToken({ typ, crit }, claims, wanted)).toBeUndefined();
      }
    }
  });

  test.each([
    ['it is an ID token by its use', { token_use: 'id' }],
    ['it is a refresh token by its use', { token_use: 'refresh' }],
    ['its use is a list', { token_use: ['access'] }],
    ['its use is in capitals', { token_use: 'Access' }],
    ['it is an ID token by its kind', { typ: 'ID' }],
    ['it is a refresh token by its kind', { typ: 'Refresh' }],
    ['it is an offline token by its kind', { typ: 'Offline' }],
    ['its kind is a list', { typ: ['Bearer'] }],
    ['it has the nonce of a sign-in', { nonce: 'n-0S6_WzA2Mj' }],
    ['it has the hash of an access token', { at_hash: '77QmUPtjPfzWtF2AnpK9RQ' }],
    ['it has the hash of a code', { c_hash: 'LDktKdoQak3Pk0cnXxCltA' }],
    ['it tells of a logout', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
    ['it is an ID token that says nothing of its kind', { scope: undefined, client_id: undefined }],
    [
      'it has no audience, and does not say that it is an access token',
      { aud: undefined, client_id: AUDIENCE },
    ],
    ['it has no audience, and is no access token', { aud: undefined, client_id: AUDIENCE, token_use: 'id' }],
    ['its audience is empty', { aud: [], client_id: AUDIENCE, token_use: 'access' }],
    ['its audience is another', { aud: 'other', client_id: AUDIENCE, token_use: 'access' }],
    ['its audience only begins so', { aud: `${AUDIENCE}/x` }],
    ['its audience is part of a text', { aud: `other ${AUDIENCE}` }],
    [
      'its client is the audience among others',
      { aud: undefined, client_id: `x ${AUDIENCE}`, token_use: 'access' },
    ],
    ['its scope is part of another', { scope: 'prepay' }],
    ['its scope is one item with a blank', { scope: undefined, scp: ['read pay'] }],
    ['its scope is separated by commas', { scope: 'read,pay' }],
  ])('%s', async (what, change) => {
    // None of them is told by its type.
    expect(
      await verify(change, { typ: 'JWT' }, what.includes('nothing') ? { requiredScopes: [] } : {}),
    ).toBeUndefined();
  });

  test('its role is part of another, or one of several in a text', async () => {
    for (const roles of [
      ['Pay.All.Read'],
      'Read Pay.All',
      ['Read Pay.All'],
      [['Pay.All']],
      { 'Pay.All': true },
    ]) {
      expect(await verify({ roles }, {}, { requiredRoles: ['Pay.All'] })).toBeUndefined();
    }
    expect(await verify({ roles: 'Pay.All' }, {}, { requiredRoles: ['Pay.All'] })).toBeDefined();
  });

  test('it is of another client than those that are named, by whichever claim', async () => {
    // Which claim counts where several are there is fixed.
    expect(await verify({ azp: 'b', appid: 'c', cid: 'd' })).toMatchObject({ clientId: 'client-1' });
    expect(await verify({ client_id: '', azp: ['b'], appid: 'c', cid: 'd' })).toMatchObject({
      clientId: 'c',
    });
  });
});

test('nothing that a token holds is an outage: what can’t be checked is refused', async () => {
  const verifier = tokenVerifier(fetchJson, Date.now);
  const wanted = { issuer: issuer.issuer, audience: AUDIENCE, ...required };
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = { alg: 'RS256', kid: 'key-1' };
  for (const token of [
    '',
    '..',
    'a.b.c',
    `${part(null)}.${part(null)}.x`,
    `${part([])}.${part({})}.x`,
    `${part({ ...header, kid: 7 })}.${part({})}.x`,
    `${part({ ...header, kid: '__proto__' })}.${part({})}.x`,
    `${part({ ...header, alg: 'constructor' })}.${part({})}.x`,
    `${part(header)}.${part({ exp: 1e300 })}.x`,
    await issuer.sign({ iss: issuer.issuer, exp: -1e300 }),
    await issuer.sign({ iss: issuer.issuer, exp: seconds() + 60, nbf: 1e300 }),
  ]) {
    await expect(verifier.verify(token, wanted)).resolves.toBeUndefined();
  }
});

test('a key that can’t be read, among those that an issuer publishes, costs none of the others', async () => {
  const strange = [null, 7, 'x', {}, { kty: 7 }, { kty: 'RSA', kid: 'bad', n: 'x', e: 'AQAB', use: 'sig' }];
  const curve = { kty: 'EC', kid: 'curve', crv: 'P-1', x: 'AA', y: 'AA', use: 'sig' };
  const mixed = async (url: string) => {
    const document = (await fetchJson(url)) as { keys?: object[] };
    return document.keys === undefined ? document : { keys: [...strange, curve, ...document.keys] };
  };
  const verifier = tokenVerifier(mixed, Date.now);
  const wanted = { issuer: issuer.issuer, audience: AUDIENCE, ...required };
  const claims = { iss: issuer.issuer, aud: AUDIENCE, scope: 'pay', exp: seconds() + 60 };
  expect(await verifier.verify(await issuer.sign(claims), wanted)).toBeDefined();
  for (const kid of ['bad', 'curve']) {
    expect(await verifier.verify(await issuer.sign(claims, { kid }), wanted)).toBeUndefined();
  }
});

describe('of the token of a person', () => {
  const CLAIMS = { sub: 'person-1', 'keywright:role': 'admin', 'keywright:tenants': '[*]' };

  test.each([
    ['[mfa]', true],
    ['[pwd otp mfa]', true],
    ['["pwd","mfa"]', true],
    ['mfa', true],
    [['pwd', 'mfa'], true],
    [['pwd mfa'], false],
    [['pwd,mfa'], false],
    [['no-mfa', 'mfa2', 'MFA', ' mfa', 'mfa '], false],
    [[['mfa']], false],
    ['["pwd mfa"]', false],
    ['[pwd,mfa]', false],
    ['[no-mfa xmfa mfa-less]', false],
    ['pwd,mfa', false],
    ['pwd mfa', false],
    ['"mfa"', false],
    ['[mfa', false],
    ['mfa]', false],
    [{ mfa: true }, false],
    [true, false],
  ])('amr %j says of a second factor: %j', (amr, mfa) => {
    expect(personOf({ ...CLAIMS, amr }).mfa).toBe(mfa);
    expect(personOf({ ...CLAIMS, 'keywright:amr': amr }).mfa).toBe(mfa);
  });

  test.each([
    [{ token_use: 'id' }],
    [{ typ: 'ID' }],
    [{ at_hash: 'x' }],
    [{ nonce: 'x' }],
    [{ events: '{}' }],
  ])('%j says that it is no access token: nobody', (change) => {
    expect(personOf({ ...CLAIMS, token_use: 'access' })).toMatchObject({ tenants: '*' });
    expect(() => personOf({ ...CLAIMS, ...change })).toThrow(
      expect.objectContaining({ code: 'unauthenticated' }),
    );
  });

  test('a tenant is taken whole, and no part of a name is all of them', () => {
    const tenantsOf = (claim: unknown) => personOf({ ...CLAIMS, 'keywright:tenants': claim }).tenants;
    expect(tenantsOf(['tenant_acme *'])).toEqual([]);
    expect(tenantsOf(['tenant_acme,*', 'tenant_beta'])).toEqual(['tenant_beta']);
    expect(tenantsOf('[tenant_acme,* tenant_beta]')).toEqual(['tenant_beta']);
  });

  test('the pool’s trigger gives nobody a factor or a role by a part of a name', async () => {
    const event = {
      triggerSource: 'TokenGeneration_HostedAuth',
      request: {
        userAttributes: { 'cognito:user_status': 'CONFIRMED', 'custom:tenants': 'tenant_acme' },
        groupConfiguration: { groupsToOverride: ['admins', 'not admin', 'Admin', 'admin,auditor'] },
      },
      response: {},
    };
    const { response } = await withClaims(event as unknown as Parameters<typeof withClaims>[0], {
      asksSecondFactor: async () => true,
      logger: silentLogger,
    });
    const claims = response.claimsAndScopeOverrideDetails.accessTokenGeneration?.claimsToAddOrOverride;
    expect(claims).not.toHaveProperty('keywright:role');
  });
});
