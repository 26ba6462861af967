import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createGateway } from '../../emulator/api-gateway/gateway.ts';
import { lambda, lambdas, serve, synthesizeStack, TARGET } from './api-gateway-fixture.ts';

const NOW = new Date('2026-11-22T10:00:00Z');
const SECONDS = NOW.getTime() / 1000;

const key = await generateKeyPair('RS256');
const otherKey = await generateKeyPair('RS256');
const ecKey = await generateKeyPair('ES256');
const functions = lambdas({
  backend: (event) => ({ statusCode: 200, body: JSON.stringify(event.requestContext) }),
});
const asked: string[] = [];
let issuerAnswers = true;
let issuer: string;
let issuerServer: Server;
let server: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  const keys = [
    { ...(await exportJWK(key.publicKey)), kid: 'k1', alg: 'RS256' },
    { ...(await exportJWK(ecKey.publicKey)), kid: 'ec', alg: 'ES256' },
  ];
  issuerServer = createServer((incoming, response) => {
    asked.push(incoming.url ?? '');
    if (!issuerAnswers) response.statusCode = 500;
    response.end(
      JSON.stringify(incoming.url === '/jwks' ? { keys } : { issuer, jwks_uri: `${issuer}/jwks` }),
    );
  });
  await new Promise<void>((resolve) => issuerServer.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(issuerServer.address() as AddressInfo).port}`;
  const stacks = synthesizeStack((stack) => {
    const api = new HttpApi(stack, 'Management', { apiName: 'management' });
    const integration = new HttpLambdaIntegration('Backend', lambda(stack, 'backend'));
    const authorizer = new HttpJwtAuthorizer('Jwt', issuer, { jwtAudience: ['keywright', 'console'] });
    const methods = [HttpMethod.GET];
    api.addRoutes({ path: '/plain', methods, integration, authorizer });
    api.addRoutes({
      path: '/scoped',
      methods,
      integration,
      authorizer,
      authorizationScopes: ['read', 'write'],
    });
  });
  const gateway = createGateway({
    ...TARGET,
    stacks,
    invoke: functions.invoke,
    accessLog: () => {},
    now: () => NOW,
  });
  server = await serve(gateway.listenerFor('management'));
});
afterAll(async () => {
  await server.close();
  issuerServer.closeAllConnections();
  await new Promise((resolve) => issuerServer.close(resolve));
});
beforeEach(() => {
  functions.events.backend?.splice(0);
});

function sign(
  claims: Record<string, unknown>,
  o: { kid?: string | null; signer?: typeof key; alg?: string } = {},
): Promise<string> {
  const { kid = 'k1', signer = key, alg = 'RS256' } = o;
  const payload = { iss: issuer, aud: 'keywright', sub: 'user_1', exp: SECONDS + 60, ...claims };
  const header = kid === null ? { alg } : { alg, kid };
  return new SignJWT(payload).setProtectedHeader(header).sign(signer.privateKey);
}

async function get(path: string, token?: string) {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: token };
  const response = await fetch(server.url + path, { headers });
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    body: JSON.parse(await response.text()),
  };
}

test('an issuer that does not answer makes a 401, and is asked again the next time', async () => {
  issuerAnswers = false;
  expect((await get('/plain', await sign({}))).status).toBe(401);
  issuerAnswers = true;
  expect((await get('/plain', await sign({}))).status).toBe(200);
});

test('a valid token lets the request through, with its claims as text', async () => {
  const token = await sign({
    aud: ['other', 'console'],
    n: 5,
    yes: true,
    list: ['a', 'b'],
    map: { a: 1 },
    iat: SECONDS,
  });
  const { status, body } = await get('/plain', `Bearer ${token}`);
  expect(status).toBe(200);
  expect(body.authorizer).toEqual({
    jwt: {
      claims: {
        iss: issuer,
        aud: '[other console]',
        sub: 'user_1',
        exp: String(SECONDS + 60),
        iat: String(SECONDS),
        n: '5',
        yes: 'true',
        list: '[a b]',
        map: 'map[a:1]',
      },
      scopes: null,
    },
  });
});

test('client_id stands for an absent audience', async () => {
  expect((await get('/plain', await sign({ aud: undefined, client_id: 'console' }))).status).toBe(200);
});

test("the issuer's keys are fetched once", async () => {
  await get('/plain', await sign({}));
  const before = asked.length;
  for (let i = 0; i < 3; i++) await get('/plain', await sign({}));
  expect(asked.length).toBe(before);
});

describe('a token is refused with 401 and a challenge', () => {
  test.each<[string, () => Promise<string>, RegExp]>([
    ['without text', async () => 'Bearer ', /invalid_token/],
    ['that is no JWT', async () => 'Bearer abc', /invalid_token/],
    ['of another issuer', () => sign({ iss: 'https://evil.example' }), /"iss"|'iss'/],
    ['for another audience', () => sign({ aud: 'other', client_id: 'keywright' }), /valid audience/],
    ['without audience', () => sign({ aud: undefined }), /valid audience/],
    ['that has expired', () => sign({ exp: SECONDS }), /exp/],
    ['without expiry', () => sign({ exp: undefined }), /exp/],
    ['that is not valid yet', () => sign({ nbf: SECONDS + 1 }), /nbf/],
    ['issued in the future', () => sign({ iat: SECONDS + 1 }), /issued/],
    ['that names no key', () => sign({}, { kid: null }), /name its key/],
    ['that names another key', () => sign({}, { kid: 'k2' }), /invalid_token/],
    ['signed by another key', () => sign({}, { signer: otherKey }), /signature/],
    ['signed with an elliptic curve', () => sign({}, { signer: ecKey, alg: 'ES256', kid: 'ec' }), /alg/],
  ])('%s', async (_, token, description) => {
    const { status, challenge, body } = await get('/plain', await token());
    expect([status, body]).toEqual([401, { message: 'Unauthorized' }]);
    expect(challenge).toMatch(/^Bearer scope="" error="invalid_token" error_description="[^"]+"$/);
    expect(challenge).toMatch(description);
    expect(functions.events.backend).toEqual([]);
  });

  test('none at all', async () => {
    expect(await get('/plain')).toEqual({
      status: 401,
      challenge: 'Bearer',
      body: { message: 'Unauthorized' },
    });
  });
});

describe('a route with scopes', () => {
  test('takes a token with one of them', async () => {
    const { status, body } = await get('/scoped', await sign({ scope: 'openid write' }));
    expect(status).toBe(200);
    expect(body.authorizer.jwt.scopes).toEqual(['openid', 'write']);
  });

  test.each([undefined, '', 'openid', 'reads'])('refuses a token with scope %p', async (scope) => {
    const { status, challenge, body } = await get('/scoped', await sign({ scope }));
    expect([status, body]).toEqual([403, { message: 'Forbidden' }]);
    expect(challenge).toMatch(/^Bearer scope="read write" error="insufficient_scope"/);
  });
});
