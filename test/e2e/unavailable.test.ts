import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { REFUSALS } from '../../core/contract/refusals.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import { createGateway } from '../../emulator/api-gateway/gateway.ts';
import { type Deployment, startFunctions } from '../../emulator/deploy.ts';
import { readTemplates } from '../../emulator/template.ts';
import { cloudAssembly } from '../../local/cloud-assembly.ts';
import { CREDENTIALS } from '../support/credentials.ts';

let folder: string;
let functions: Deployment;
let server: Server;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywright-e2e-'));
  const identity = { issuer: 'http://localhost:1', audience: 'keywright' };
  const target = { region: 'eu-central-1', accountId: '000000000000' };
  const templates = readTemplates(await cloudAssembly(folder, identity), target);
  functions = startFunctions(templates, {
    aws: { url: 'http://127.0.0.1:1', credentials: CREDENTIALS },
    region: target.region,
    logs: { writer: () => () => undefined },
  });
  const gateway = createGateway({
    stacks: templates.stacks,
    ...target,
    invoke: functions.invoke,
    accessLog: () => undefined,
    now: () => new Date(),
  });
  server = createServer(gateway.listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await functions.close();
  await rm(folder, { recursive: true });
});

test('with DynamoDB and Secrets Manager unreachable a REST API answers 503 authorizer_unavailable, and admits nothing', async () => {
  const key = new KeyFormat().mint('sk', 'sandbox', 'AnyKey000000', (count) => Buffer.alloc(count, 3));
  const call = (api: string) =>
    fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${api}/sandbox/v1/orders`, {
      headers: { 'x-api-key': key, 'x-tn': 'tenant_acme' },
    });
  const rest = await call('orders');
  const { status, message, type } = REFUSALS.authorizer_unavailable;
  expect(rest.status).toBe(status);
  expect(await rest.json()).toEqual({ error: { code: 'authorizer_unavailable', message, type } });
  // API Gateway lets an HTTP API's authorizer say no other failure than this.
  expect((await call('catalog')).status).toBe(500);
});
