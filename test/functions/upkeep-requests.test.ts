import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { lambdaClient } from '../../core/aws/lambda-client.ts';
import { Pepper } from '../../core/domain/keys/pepper.ts';
import { UPKEEP_PATIENCE } from '../../core/wiring/deployed-authorizer.ts';
import { type RequestPlane, startRequestPlane } from '../support/request-plane.ts';

const PEPPERS = { current: 'v2', v1: '1'.repeat(64), v2: '2'.repeat(64) };
const older = Pepper.parse(JSON.stringify({ ...PEPPERS, current: 'v1' }));

let plane: RequestPlane;
beforeAll(async () => {
  plane = await startRequestPlane();
});
afterAll(() => plane.close());

test('upkeep that nobody takes up costs no caller an admission, and is asked for again a minute later', async () => {
  const key = await plane.putKey();
  await plane.changeKey(key, { digests: { s1: older.digest(key) } });
  let asked = 0;
  const authorizer = plane.authorizer({
    secretsManager: () => async () => ({ SecretString: JSON.stringify(PEPPERS) }),
    upkeep: {
      ask: async () => {
        asked += 1;
        throw new Error('Lambda is away');
      },
    },
  });
  const request = {
    headers: { 'x-api-key': key, 'x-tn': 'tenant_acme' },
    ...{ method: 'GET', path: '/v1/orders', sourceIp: '203.0.113.7', requestId: 'r' },
    tenantHeaderVisible: true,
  };
  const times: number[] = [];
  for (let second = 0; second <= 120; second += 5) {
    const before = asked;
    expect((await authorizer.authorize(request)).decision.allowed).toBe(true);
    if (asked > before) times.push(second);
    plane.clock += 5000;
  }
  expect(times).toEqual([0, 60, 120]);
});

test('it is waited for 250 ms, once, where Lambda does not answer', async () => {
  let calls = 0;
  const silent = createServer(() => {
    calls += 1;
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const { port } = silent.address() as AddressInfo;
  const invoke = lambdaClient('keywright-key-upkeep', {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: () => ({ accessKeyId: 'a', secretAccessKey: 'b', sessionToken: undefined }),
    ...UPKEEP_PATIENCE,
    now: Date.now,
    random: () => 0,
  });
  await expect(invoke('Invoke', {})).rejects.toThrow();
  expect([calls, UPKEEP_PATIENCE]).toEqual([1, { attemptMilliseconds: 250, deadlineMilliseconds: 250 }]);
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
});
