import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Deployment, startDeployment } from '../support/deployment.ts';
import { testOutcomes } from '../support/outcomes.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment();
});
afterAll(() => deployment.close());

testOutcomes(() => deployment);

test.each([
  ['GET', '/nothing'],
  ['DELETE', '/tenants'],
  ['GET', '/tenants/tenant_acme/keys/key_1/nothing'],
])('management API: %s %s is nowhere, and that is told like every error', async (method, path) => {
  const { status, json } = await deployment.manage(method, path);
  expect(status).toBe(404);
  expect(json()).toMatchObject({ error: { type: 'invalid_request_error', code: 'not_found' } });
  const forged = { authorization: 'Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln' };
  expect((await deployment.manage(method, path, undefined, { headers: forged })).status).toBe(401);
});
