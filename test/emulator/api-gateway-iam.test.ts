import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { HttpApi, HttpMethod, type IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import aws4, { type Credentials, type Request } from 'aws4';
import { createGateway } from '../../emulator/api-gateway/gateway.ts';
import { lambda, lambdas, serve, synthesizeStack, TARGET } from './api-gateway-fixture.ts';

const LOCAL: Credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const BODY = '{"key":"ö"}';

const functions = lambdas({
  backend: (event) => ({ statusCode: 200, body: JSON.stringify(event.requestContext.authorizer) }),
});
const logged: string[] = [];
let clock: Date;
let server: Awaited<ReturnType<typeof serve>>;

const stackOf = (authorizer: IHttpRouteAuthorizer, payload?: '1.0') =>
  synthesizeStack((stack) => {
    const api = new HttpApi(stack, 'Api', { apiName: 'signed' });
    const integration = new HttpLambdaIntegration('Backend', lambda(stack, 'backend'), {
      ...(payload && { payloadFormatVersion: { version: payload } as never }),
    });
    api.addRoutes({ path: '/v1/{proxy+}', methods: [HttpMethod.ANY], integration, authorizer });
  });
const ROLE = `arn:aws:iam::${TARGET.accountId}:role/Rotation`;
const FUNCTION: Credentials = { accessKeyId: 'FUNCTION', secretAccessKey: 'of-a-function' };
const asked: string[] = [];
const gatewayOf = (stacks: ReturnType<typeof stackOf>) =>
  createGateway({
    ...TARGET,
    signers: [
      {
        accessKeyId: 'FUNCTION',
        secretAccessKey: 'of-a-function',
        role: { arn: ROLE, sessionName: 'rotate' },
      },
    ],
    mayInvoke: (roleArn, resource) => {
      asked.push(resource);
      return roleArn === ROLE && resource.endsWith('/$default/POST/v1/verify');
    },
    stacks,
    invoke: functions.invoke,
    accessLog: (line) => void logged.push(line),
    now: () => clock,
  });

beforeAll(async () => {
  server = await serve(gatewayOf(stackOf(new HttpIamAuthorizer())).listenerFor('signed'));
});
afterAll(() => server.close());
beforeEach(() => {
  // aws4 signs by the clock of this machine.
  clock = new Date();
  functions.events.backend?.splice(0);
});

function signed(change: Request = {}, credentials: Credentials = LOCAL): Request {
  const headers = { 'content-type': 'application/json', ...change.headers };
  const request = { host: `127.0.0.1:${server.port}`, path: '/v1/verify', method: 'POST', body: BODY };
  const target = { service: 'execute-api', region: TARGET.region };
  return aws4.sign({ ...request, ...target, ...change, headers }, credentials);
}

async function send({ path, method, headers, body }: Request, more: Request = {}) {
  const response = await fetch(`http://127.0.0.1:${server.port}${more.path ?? path}`, {
    method: String(more.method ?? method),
    headers: { ...(headers as Record<string, string>), ...(more.headers as Record<string, string>) },
    ...(method !== 'GET' && { body: String(more.body ?? body) }),
  });
  return { status: response.status, text: await response.text() };
}

const FORBIDDEN = { status: 403, text: '{"message":"Forbidden"}' };

test('a signed request reaches the backend, which learns who signed it', async () => {
  const { status, text } = await send(signed());
  expect([status, JSON.parse(text)]).toEqual([
    200,
    {
      iam: {
        accessKey: 'local',
        accountId: TARGET.accountId,
        callerId: TARGET.accountId,
        cognitoIdentity: null,
        principalOrgId: '',
        userArn: `arn:aws:iam::${TARGET.accountId}:root`,
        userId: TARGET.accountId,
      },
    },
  ]);
});

test('a function signs as its role, and IAM says of each method and path whether that may call it', async () => {
  const { status, text } = await send(signed({}, FUNCTION));
  const userArn = `arn:aws:sts::${TARGET.accountId}:assumed-role/Rotation/rotate`;
  expect([status, JSON.parse(text).iam.userArn]).toEqual([200, userArn]);
  for (const other of [{ path: '/v1/other' }, { path: '/v1/verify', method: 'PUT' }])
    expect(await send(signed(other, FUNCTION))).toEqual(FORBIDDEN);
  const scope = `arn:aws:execute-api:${TARGET.region}:${TARGET.accountId}`;
  expect(asked).toContainEqual(expect.stringMatching(`^${scope}:[^/]+/\\$default/PUT/v1/verify$`));
});

test.each([
  ['a query, in any order', '/v1/verify?b=2&a=1&a-b=3&empty=&c=%20x%2F'],
  ['a path with encoded characters', '/v1/a%20b/%C3%B6'],
])('so does one with %s', async (_, path) => {
  expect((await send(signed({ path, method: 'GET', body: '' }))).status).toBe(200);
});

test('whatever is changed after signing is refused, as is a request without a signature', async () => {
  const request = signed();
  const { Authorization, ...unsigned } = request.headers as Record<string, string>;
  expect(await send({ ...request, headers: unsigned })).toEqual(FORBIDDEN);
  const changes: Request[] = [
    { body: '{"key":"ü"}' },
    { path: '/v1/verif' },
    { path: '/v1/verify?a=1' },
    { method: 'PUT' },
    { headers: { 'content-type': 'text/plain' } },
    { headers: { 'x-amz-date': '20200101T000000Z' } },
    { headers: { 'x-amz-content-sha256': '0'.repeat(64) } },
    { headers: { Authorization: String(Authorization).replace('Signature=', 'Signature=0') } },
    { headers: { Authorization: String(Authorization).replace(/.$/, (c) => (c === '0' ? '1' : '0')) } },
    { headers: { Authorization: String(Authorization).replace(/host;/, '') } },
    { headers: { Authorization: 'Bearer header.claims.signature' } },
  ];
  for (const change of changes) expect([change, await send(request, change)]).toEqual([change, FORBIDDEN]);
  expect(functions.events.backend).toEqual([]);
});

test('so is a signature by other credentials, for another service or Region, or with no host', async () => {
  const others = [
    signed({}, { accessKeyId: 'local', secretAccessKey: 'other' }),
    signed({}, { accessKeyId: 'other', secretAccessKey: 'local' }),
    signed({ service: 'lambda' }),
    signed({ region: 'us-east-1' }),
    signed({ signQuery: true }),
  ];
  for (const request of others) expect(await send(request)).toEqual(FORBIDDEN);
});

test('a signature is good for a quarter of an hour, before and after', async () => {
  const request = signed();
  const signedAt = clock.getTime();
  for (const [minutes, status] of [
    [-14, 200],
    [14, 200],
    [-16, 403],
    [16, 403],
  ] as const) {
    clock = new Date(signedAt + minutes * 60_000);
    expect([minutes, (await send(request)).status]).toEqual([minutes, status]);
  }
});

test('an integration that would learn of the principal in another form is refused at the start', () => {
  expect(() => gatewayOf(stackOf(new HttpIamAuthorizer(), '1.0'))).toThrow(/is not emulated/);
});
