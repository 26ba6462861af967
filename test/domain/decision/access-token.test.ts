import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { acceptToken, isOfAnotherKind } from '../../../core/domain/decision/access-token.ts';

const REQUIREMENT = {
  ...{ issuer: 'https://issuer.example', audience: 'https://api.example' },
  ...{ requiredScopes: ['pay'], requiredRoles: [] as string[] },
};
const CLAIMS = { aud: REQUIREMENT.audience, scope: 'read pay', client_id: 'client-1', exp: 1000 };
const accept = (claims: object, header: object = {}, requirement: object = {}) =>
  acceptToken({ ...header }, { ...CLAIMS, ...claims }, { ...REQUIREMENT, ...requirement });

test('a good token says its client, and until when it is good in milliseconds', () => {
  expect(accept({})).toEqual({ clientId: 'client-1', expiresAt: 1_000_000 });
});

test('of scopes that routes ask for it is said which it has, however they are written', () => {
  const found = (claims: object, asked?: string[]) =>
    acceptToken({}, { ...CLAIMS, ...claims }, REQUIREMENT, asked)?.scopes;
  expect(found({}, ['read', 'write'])).toEqual(['read']);
  expect(found({ scope: undefined, scp: ['pay', 'write'] }, ['read', 'write'])).toEqual(['write']);
  expect(found({}, ['rea', 'read pay', 'Read'])).toEqual([]);
  expect(found({})).toBeUndefined();
});

describe('a token is refused that differs from a good one only in', () => {
  test.each([
    ['an end that is no number', { exp: '1000' }],
    ['having no end', { exp: undefined }],
    ['another audience', { aud: 'https://other.example' }],
    ['having no audience', { aud: undefined }],
    ['an audience that merely begins alike', { aud: 'https://api.example/' }],
    ['a missing scope', { scope: 'read' }],
    ['a scope of another case', { scope: 'Pay' }],
    ['a list of scopes that has them in one text', { scope: ['read pay'] }],
    ['being an ID token', { token_use: 'id' }],
    ['being a refresh token', { typ: 'Refresh' }],
    ['a kind that is no text', { typ: 7 }],
    ['a hash of what came with it', { at_hash: 'x' }],
    ['a hash of a code', { c_hash: 'x' }],
    ['a hash of a state', { s_hash: 'x' }],
    ['telling of events', { events: {} }],
    ['a sign-in’s nonce without saying what it is', { nonce: 'n' }],
  ])('%s', (_, claims) => {
    expect(accept(claims)).toBeUndefined();
  });

  test.each([
    ['a header that wants something understood', { crit: [] }],
    ['another type', { typ: 'id+jwt' }],
    ['a type that is no text', { typ: 7 }],
    ['a prefix alone', { typ: 'application/' }],
  ])('%s', (_, header) => {
    expect(accept({}, header)).toBeUndefined();
  });

  test('a role that it lacks', () => {
    expect(accept({ roles: ['A'] }, {}, { requiredRoles: ['A', 'B'] })).toBeUndefined();
    expect(accept({ roles: ['A'], permissions: ['B'] }, {}, { requiredRoles: ['A', 'B'] })).toBeDefined();
    expect(accept({ 'cognito:groups': ['A'] }, {}, { requiredRoles: ['A'] })).toBeDefined();
    expect(accept({ roles: 'A' }, {}, { requiredRoles: ['A'] })).toBeDefined();
  });

  test('that nothing says what it is', () => {
    const bare = { scope: undefined, client_id: undefined };
    const lax = { requiredScopes: [] };
    const without = ({ aud, exp }: typeof CLAIMS) => ({ aud, exp });
    expect(acceptToken({}, without(CLAIMS), { ...REQUIREMENT, ...lax })).toBeUndefined();
    expect(acceptToken({ typ: 'JWT' }, without(CLAIMS), { ...REQUIREMENT, ...lax })).toBeUndefined();
    expect(acceptToken({ typ: 'AT+JWT' }, without(CLAIMS), { ...REQUIREMENT, ...lax })).toBeDefined();
    expect(accept(bare, { typ: 'application/at+jwt' }, lax)).toEqual({
      clientId: undefined,
      expiresAt: 1_000_000,
    });
  });
});

test('without an audience the client is one only where the token calls itself an access token', () => {
  const claims = { aud: undefined, client_id: REQUIREMENT.audience };
  expect(accept({ ...claims, token_use: 'access' })).toMatchObject({ clientId: REQUIREMENT.audience });
  expect(accept(claims)).toBeUndefined();
  expect(accept({ aud: 'other', client_id: REQUIREMENT.audience, token_use: 'access' })).toBeUndefined();
});

test('the client is taken where issuers name it, in one order, and from texts that say something', () => {
  const all = { client_id: 'a', azp: 'b', appid: 'c', cid: 'd' };
  expect(accept(all)?.clientId).toBe('a');
  expect(accept({ ...all, client_id: '' })?.clientId).toBe('b');
  expect(accept({ ...all, client_id: 7, azp: undefined })?.clientId).toBe('c');
  expect(accept({ client_id: undefined, cid: 'd' })?.clientId).toBe('d');
});

test('scopes count wherever they stand, however they are listed, and all that are required must be there', () => {
  const scopes = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 });
  fc.assert(
    fc.property(scopes, scopes, scopes, fc.boolean(), (inScope, inScp, requiredScopes, listed) => {
      const as = (some: string[]) => (listed ? some : some.join(' '));
      const taken = accept({ scope: as(inScope), scp: as(inScp) }, {}, { requiredScopes });
      expect(taken !== undefined).toBe(requiredScopes.every((one) => [...inScope, ...inScp].includes(one)));
    }),
  );
});

test.each([
  [{}, false],
  [{ token_use: 'access' }, false],
  [{ typ: 'bearer' }, false],
  [{ typ: 'BEARER', nonce: 'n' }, false],
  [{ token_use: 'access', nonce: 'n' }, false],
  [{ nonce: 'n' }, true],
  [{ token_use: 'refresh' }, true],
  [{ typ: 'ID' }, true],
  [{ at_hash: undefined }, true],
])('claims %j are another kind of token’s: %p', (claims, other) => {
  expect(isOfAnotherKind(claims)).toBe(other);
});
