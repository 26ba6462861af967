import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { keywrightClient } from '../../client/keywright-client.ts';
import { KeywrightError } from '../../client/keywright-error.ts';
import { type CustomResourceEvent, carryOut } from '../../functions/registration/custom-resource.ts';
import { register } from '../../functions/registration/register.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { type ManagementServer, startManagementServer } from '../support/management-server.ts';

const API_ID = 'api_Invoices0001';
const DOCUMENT = {
  openapi: '3.1.1',
  info: { title: 'Invoices', version: '2' },
  paths: { '/v1/invoices': { get: { responses: { 200: { description: 'Invoices' } } } } },
};
const FIELDS = {
  environment: 'live',
  scheme: 'tenant',
  name: 'invoices',
  baseUrl: 'https://a.example.com',
  description: 'By the stack',
  routes: [{ method: 'GET', path: '/v1/invoices', permission: 'bills:read' }],
};

let dynamodb: TestDynamoDb;
let management: TestManagement;
let server: ManagementServer;
const said: string[] = [];
beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
beforeEach(async () => {
  management = new TestManagement(dynamodb);
  server ??= await startManagementServer(management, () => ADMIN);
});
afterAll(() => server.close());

const definition = (fields: object, kind = 'api', id = API_ID) => JSON.stringify({ kind, id, fields });
let requests = 0;
const event = (RequestType: CustomResourceEvent['RequestType'], more: Partial<CustomResourceEvent>) =>
  ({
    ...{
      RequestType,
      RequestId: `request-${++requests}`,
      StackId: 'arn:stack',
      LogicalResourceId: 'Invoices',
    },
    ...{
      ResponseURL: 'https://cloudformation.example.com',
      ResourceProperties: { Definition: definition(FIELDS) },
    },
    ...more,
  }) as CustomResourceEvent;
const sign = async (request: Request) => {
  request.headers.set('authorization', 'AWS4-HMAC-SHA256 signed');
  return request;
};
const carried = (
  given: CustomResourceEvent,
  api = keywrightClient({ url: server.url, credentials: { sign }, attempts: 1 }),
) =>
  register(given, {
    api,
    document: () => DOCUMENT,
    pause: async () => undefined,
    log: (line) => said.push(line),
  });
const shown = async (id = API_ID) => (await management.call(`GET /v1/apis/${id}`)).body;

describe('an API of a stack', () => {
  test('is registered with its document, once however often it is asked for', async () => {
    const made = event('Create', {
      ResourceProperties: { Definition: definition(FIELDS), DocumentHash: 'a' },
    });
    expect(await carried(made)).toBe(API_ID);
    const { revision: _, ...api } = await shown();
    expect(api).toMatchObject({ ...FIELDS, apiId: API_ID, openapi: { title: 'Invoices', operations: 1 } });
    expect(await carried(made)).toBe(API_ID);
    // By a stack that was deleted meanwhile, and is made anew.
    expect(await carried({ ...made, RequestId: 'another' })).toBe(API_ID);
  });

  test('becomes what the stack says, and what only people said stays', async () => {
    await management.call(`PATCH /v1/apis/${API_ID}`, { body: { description: 'By hand' } });
    const { description, ...FEWER } = FIELDS;
    const before = { Definition: definition(FEWER) };
    const { routes, ...without } = { ...FEWER, name: 'bills' };
    const ResourceProperties = { Definition: definition(without) };
    await carried(
      event('Update', { ResourceProperties, OldResourceProperties: before, PhysicalResourceId: API_ID }),
    );
    expect(await shown()).toMatchObject({ name: 'bills', description: 'By hand', routes: [] });
    // Rolled back: as it was.
    await carried(event('Update', { ResourceProperties: before, OldResourceProperties: ResourceProperties }));
    expect(await shown()).toMatchObject({ name: 'invoices', routes: FIELDS.routes });
  });

  test('can’t change whose keys may call it', async () => {
    const ResourceProperties = { Definition: definition({ ...FIELDS, environment: 'sandbox' }) };
    await expect(carried(event('Update', { ResourceProperties }))).rejects.toThrow(
      `environment of ${API_ID} is live and can't become sandbox`,
    );
  });

  test('stays when the stack goes, without an address, whatever else fails', async () => {
    expect(await carried(event('Delete', { PhysicalResourceId: API_ID }))).toBe(API_ID);
    expect(await shown()).toMatchObject({ baseUrl: null, routes: FIELDS.routes });
    expect(said.at(-1)).toContain(`${API_ID} stays in Keywright`);
    // One that was never made, as CloudFormation asks after a failed creation.
    const id = 'Invoices-failed';
    expect(await carried(event('Delete', { PhysicalResourceId: id }))).toBe(id);
  });

  test('waits until IAM knows the role, and no longer', async () => {
    let refusals = 3;
    const client = keywrightClient({ url: server.url, credentials: { sign }, attempts: 1 });
    const GET = ((...given: never[]) => {
      if (refusals-- > 0) throw new KeywrightError(403, { code: 'forbidden', message: 'Forbidden' });
      return (client.GET as never as (...all: never[]) => unknown)(...given);
    }) as never;
    expect(await carried(event('Create', {}), { ...client, GET })).toBe(API_ID);
    refusals = Number.POSITIVE_INFINITY;
    await expect(carried(event('Create', {}), { ...client, GET })).rejects.toThrow('Forbidden');
  });
});

test('a product of a stack is registered, and changed', async () => {
  const id = 'prod_Billing00001';
  const fields = {
    name: 'Billing',
    apiIds: [API_ID],
    plan: { rateLimits: [{ limit: 5, windowSeconds: 1 }], quota: null },
  };
  const ResourceProperties = { Definition: definition(fields, 'product', id) };
  expect(await carried(event('Create', { ResourceProperties }))).toBe(id);
  const { plan: _, ...without } = { ...fields, requiresApproval: false };
  const changed = { Definition: definition(without, 'product', id) };
  await carried(event('Update', { ResourceProperties: changed, OldResourceProperties: ResourceProperties }));
  expect((await management.call(`GET /v1/products/${id}`)).body).toMatchObject({
    requiresApproval: false,
    plan: { rateLimits: [], quota: null },
  });
});

describe('CloudFormation', () => {
  interface Given {
    readonly method: string | undefined;
    readonly headers: IncomingHttpHeaders;
    readonly body: Record<string, unknown>;
  }

  async function told(work: () => Promise<string>, statuses: number[] = [200]): Promise<Given[]> {
    const given: Given[] = [];
    const bucket = createServer(async (request, response) => {
      const body = JSON.parse(await text(request));
      given.push({ method: request.method, headers: request.headers, body });
      response.writeHead(statuses.shift() ?? 200).end();
    });
    await once(bucket.listen(0, '127.0.0.1'), 'listening');
    const ResponseURL = `http://127.0.0.1:${(bucket.address() as AddressInfo).port}/answer`;
    try {
      await carryOut(event('Create', { ResponseURL }), work, { fetch, pause: async () => undefined });
      return given;
    } finally {
      bucket.closeAllConnections();
      bucket.close();
    }
  }

  test('is told of success at the address that it signed, which takes no content type', async () => {
    const [answer, ...others] = await told(async () => API_ID, [500, 503, 200]);
    expect([answer?.method, answer?.headers['content-type'], others.length]).toEqual(['PUT', undefined, 2]);
    expect(answer?.body).toMatchObject({
      ...{ Status: 'SUCCESS', PhysicalResourceId: API_ID },
      ...{ StackId: 'arn:stack', LogicalResourceId: 'Invoices', RequestId: expect.any(String) },
    });
  });

  test('is told what failed, at most as long as it reads', async () => {
    const details = [{ message: 'first' }, { message: 'path: no such place' }] as never;
    const failed = new KeywrightError(400, { code: 'invalid_request', message: 'first', details });
    const [answer] = await told(() => Promise.reject(failed));
    expect(answer?.body).toMatchObject({ Status: 'FAILED', Reason: 'first; path: no such place' });
    const [long] = await told(() => Promise.reject(new Error('x'.repeat(9000))));
    expect(String(long?.body.Reason).length).toBeLessThanOrEqual(1000);
    await expect(told(async () => API_ID, [500, 500, 500, 500])).rejects.toThrow(
      'took no answer: status 500',
    );
  });
});
