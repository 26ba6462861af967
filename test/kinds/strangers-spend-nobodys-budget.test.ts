import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ManagementRoute } from '../../core/contract/management-route.ts';
import { ROUTES } from '../../core/contract/routes.ts';
import { personTokens } from '../../core/oauth/person-tokens.ts';
import { createGateway } from '../../emulator/api-gateway/gateway.ts';
import { authorizePerson } from '../../functions/people-authorizer/authorize-person.ts';
import { serve, TARGET } from '../emulator/api-gateway-fixture.ts';
import { synthesize } from '../infra/synthesized-stacks.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

/** One after the other many enough to empty what was there for strangers and people together. */
const FLOOD = 1200;
const AT_ONCE = 50;
const routes: readonly ManagementRoute[] = ROUTES;
const brakes = routes.filter(({ brake }) => brake);
const open = routes.filter(({ roles, iam }) => roles.length === 0 && !iam);
/** What a route takes at once, at the least. */
const LEAST_BURST = 500;
/** What GitHub's own route takes at once, more than a stranger sends here. */
const GITHUB_BURST = 2000;

let issuer: TokenIssuer;
let server: Awaited<ReturnType<typeof serve>>;
let authorization: string;
/** It stands still while a flood comes, so that no limit grows back. */
let clock = Date.parse('2026-11-22T10:00:00Z');
/** Which functions were called, beside the one that lets people in. */
const called: string[] = [];

beforeAll(async () => {
  issuer = await startTokenIssuer();
  const identity = { kind: 'oidc', issuer: issuer.issuer, audience: 'keywright' };
  const { resources } = synthesize({ identity });
  const named = Object.fromEntries(resources.map((resource, i) => [`Resource${i}`, resource]));
  const letIn = authorizePerson({
    now: () => new Date(clock),
    sessions: undefined as never,
    tokens: personTokens({ issuer: issuer.issuer, audiences: ['keywright'] }, () => clock),
    renew: async () => undefined,
    origins: [],
    recentSignInSeconds: 900,
    logger: silentLogger,
  });
  const gateway = createGateway({
    ...TARGET,
    stacks: [{ name: 'Keywright', resources: named }],
    invoke: async (functionArn, event) => {
      if (functionArn.includes('SignInAuthorizer')) return letIn(event as never);
      called.push(functionArn);
      return { statusCode: 200 };
    },
    accessLog: () => undefined,
    now: () => new Date(clock),
  });
  server = await serve(gateway.listenerFor('keywright-management', { '/v1/leaks': 'keywright-public' }));
  // Whether a token has ended is looked at by the clock on the wall.
  const exp = Math.floor(Date.now() / 1000) + 86_400;
  const claims = { iss: issuer.issuer, aud: 'keywright', sub: 'admin', iat: clock / 1000, exp };
  authorization = `Bearer ${await issuer.sign(claims)}`;
});
afterAll(async () => {
  agent.destroy();
  await server.close();
  await issuer.close();
});
afterEach(() => {
  clock += 60_000;
  called.length = 0;
});

const agent = new Agent({ keepAlive: true });

/** Its status; by Node's own client, which takes half the time of `fetch` for what is asked ten thousand times. */
function call(
  { key }: Pick<ManagementRoute, 'key'>,
  headers: Record<string, string> = {},
): Promise<number | undefined> {
  const [method = '', path = ''] = key.split(' ');
  const answered = Promise.withResolvers<number | undefined>();
  const sent = request(
    server.url + path.replaceAll(/\{\w+\}/g, 'x'),
    { method, headers, agent },
    (response) => {
      response.resume().once('end', () => answered.resolve(response.statusCode));
    },
  );
  sent.once('error', answered.reject).end();
  return answered.promise;
}

/**
 * The statuses that strangers get for many requests in one moment: they are sent down one connection and not
 * waited for singly, which takes less than half of the time that calls of a client take.
 */
async function flood(
  { key }: Pick<ManagementRoute, 'key'>,
  count = FLOOD,
  headers: Readonly<Record<string, string>> = {},
): Promise<Set<number>> {
  const [method = '', path = ''] = key.split(' ');
  const lines = Object.entries({ host: 'strangers', ...headers }).map(([name, value]) => `${name}: ${value}`);
  const head = [`${method} ${path.replaceAll(/\{\w+\}/g, 'x')} HTTP/1.1`, ...lines, '', ''].join('\r\n');
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const statuses: number[] = [];
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    socket.write(head.repeat(AT_ONCE));
    statuses.push(...(await answers(socket, AT_ONCE)));
  }
  socket.destroy();
  return new Set(statuses);
}

/** The statuses of as many answers as there were requests. */
async function answers(socket: Socket, count: number): Promise<number[]> {
  let text = '';
  for (;;) {
    const [chunk] = await once(socket, 'data');
    text += chunk;
    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
    if (statuses.length === count && isWhole(text.slice(text.lastIndexOf('HTTP/1.1 ')))) return statuses;
  }
}

function isWhole(answer: string): boolean {
  const [head = '', body] = answer.split('\r\n\r\n');
  const [, length] = /^content-length: (\d+)/im.exec(head) ?? [];
  return body !== undefined && Buffer.byteLength(body) >= Number(length);
}

const asAdmin = (route: ManagementRoute) => call(route, { authorization });
const statusesAsAdmin = async (of: readonly ManagementRoute[]) => {
  const found: Record<string, number | undefined> = {};
  for (const route of of) found[route.operation] = await asAdmin(route);
  return found;
};
const allAnswered = (of: readonly ManagementRoute[]) =>
  Object.fromEntries(of.map(({ operation }) => [operation, 200]));

test('whatever stops or ends something is a brake, and for people who have signed in', () => {
  const stops =
    /^(disable|revoke|suspend|cancel|reject|withdraw|end|remove|leave|unpublish)|^(updateTenant|deleteInvitation|delete\w+Rotation)$/;
  expect(brakes.map(({ operation }) => operation).sort()).toEqual(
    routes
      .map(({ operation }) => operation)
      .filter((operation) => stops.test(operation))
      .sort(),
  );
  for (const { roles } of brakes) expect(roles.length).toBeGreaterThan(0);
});

describe.each(open.map((route) => [route.key, route] as const))('a flood at %s', (key, route) => {
  test('is held off, takes nothing from brakes, other open routes, verify or anything else, and ends', async () => {
    const isGitHubs = route.operation === 'reportLeaksFromGitHub';
    expect(await flood(route, isGitHubs ? GITHUB_BURST + 100 : FLOOD)).toEqual(new Set([200, 429]));
    const others = routes.filter((other) => other.key !== key && !other.iam);
    expect(await statusesAsAdmin(others)).toEqual(allAnswered(others));
    // Unsigned, but not throttled.
    expect(await call({ key: 'POST /v1/verify' })).toBe(403);
    clock += 1000;
    expect(await asAdmin(route)).toBe(200);
  });
});

test('a flood without a token, or with one of nobody, at a brake leaves the brake open, and reaches no function', async () => {
  // Each with the one or the other, in turn.
  for (const [i, brake] of brakes.entries()) {
    const headers: Record<string, string> = i % 2 === 0 ? {} : { authorization: 'Bearer e30.e30.e30' };
    expect(await flood(brake, LEAST_BURST + 100, headers)).toEqual(new Set([401]));
  }
  expect(called).toEqual([]);
  expect(await statusesAsAdmin(brakes)).toEqual(allAnswered(brakes));
});

test('a flood at any route for people takes nothing from a brake', async () => {
  const reads = { key: 'GET /v1/tenants/{tenantId}/keys' };
  for (const route of [reads, { key: 'GET /v1/nothing/here' }, { key: 'DELETE /v1/x' }]) {
    // Counted before it is asked who sends it, as on AWS: so these do run out.
    expect(await flood(route)).toEqual(new Set([401, 429]));
  }
  expect(await flood({ key: 'GET /elsewhere' }, 300)).toEqual(new Set([404]));
  expect(await statusesAsAdmin(brakes)).toEqual(allAnswered(brakes));
});

test('a flood at verify takes nothing from people', async () => {
  expect(await flood({ key: 'POST /v1/verify' })).toEqual(new Set([403]));
  expect(await statusesAsAdmin(brakes)).toEqual(allAnswered(brakes));
});
