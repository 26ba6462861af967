import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emptyCount, keepOnly, tallyOf } from '../../core/domain/usage/usage-tally.ts';
import { type AttributeMap, fromAttributes, toAttributes } from '../../core/store/attribute-value.ts';
import { countOf } from '../../core/store/usage-count.ts';
import { readAccess } from '../../functions/usage-consumer/log-line.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { FourEyes, NEW_KEY } from '../support/four-eyes.ts';
import { TestManagement } from '../support/management.ts';

/** What objects have by themselves, and what libraries ask them for. */
const KNOWN = [
  ...new Set([
    ...[Object.prototype, Map.prototype, Array.prototype, Function.prototype].flatMap((prototype) =>
      Object.getOwnPropertyNames(prototype),
    ),
    'then',
    'toJSON',
    'length',
    'prototype',
    'caller',
  ]),
].filter((name) => name !== '__proto__');
const ROLES = KNOWN.filter((name) => /^[a-z][a-z0-9-_]{0,39}$/.test(name));

let dynamodb: TestDynamoDb;
let management: TestManagement;
const TENANT = '/v1/tenants/tenant_names';

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  await management.call('POST /v1/tenants', { body: { tenantId: 'tenant_names', name: 'Names' } });
});
afterAll(() => dynamodb.close());

const metadataOf = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, `of ${name}`]));

describe('a name that JavaScript knows is a name like any other', () => {
  test('in metadata: stored, read back, listed, changed and told of as it was given', async () => {
    for (let i = 0; i < KNOWN.length; i += 50) {
      const metadata = metadataOf(KNOWN.slice(i, i + 50));
      const created = await management.call(`POST ${TENANT}/keys`, { body: { ...NEW_KEY, metadata } });
      expect(created).toMatchObject({ status: 201 });
      expect(created.body.key.metadata).toEqual(metadata);
      const { keyId } = created.body.key;
      const { items } = (await management.call(`GET ${TENANT}/keys`)).body;
      const listed = items.find((key: { keyId: string }) => key.keyId === keyId);
      const read = await management.call(`GET ${TENANT}/keys/${keyId}`);
      for (const key of [listed, read.body]) {
        expect(Object.entries(key.metadata).sort()).toEqual(Object.entries(metadata).sort());
      }
      const fewer = metadataOf(KNOWN.slice(i, i + 3));
      const changed = await management.call(`PATCH ${TENANT}/keys/${keyId}`, { body: { metadata: fewer } });
      expect(changed).toMatchObject({ status: 200 });
      expect(changed.body.metadata).toEqual(fewer);
      const event = (await dynamodb.emitted()).findLast(({ subject }) => subject.id === keyId);
      expect(event?.data).toMatchObject({ to: { metadata: expect.arrayContaining(Object.keys(fewer)) } });
    }
  });

  test('of a role: created, given to a key, changed, listed and deleted', async () => {
    expect(ROLES).toContain('constructor');
    for (const role of ROLES) {
      const path = `${TENANT}/roles/${role}`;
      expect((await management.call(`GET ${path}`)).status).toBe(404);
      const unknown = { ...NEW_KEY, role };
      expect((await management.call(`POST ${TENANT}/keys`, { body: unknown })).status).toBe(400);
      const body = { permissions: ['orders:read'], description: role };
      expect((await management.call(`PUT ${path}`, { body })).body).toEqual({ role, ...body });
      expect((await management.call(`GET ${path}`)).body).toEqual({ role, ...body });
      expect((await management.call(`POST ${TENANT}/keys`, { body: unknown })).status).toBe(201);
    }
    const { items } = (await management.call(`GET ${TENANT}/roles`)).body;
    expect(items.map(({ role }: { role: string }) => role)).toEqual(expect.arrayContaining(ROLES));
    for (const role of ROLES) {
      expect((await management.call(`DELETE ${TENANT}/roles/${role}`)).status).toBe(204);
      expect((await management.call(`GET ${TENANT}/roles/${role}`)).status).toBe(404);
    }
  });

  test('in what waits for a second admin, and in what comes of it', async () => {
    const eyes = await FourEyes.start(dynamodb);
    await eyes.requireApproval();
    const metadata = metadataOf(KNOWN.slice(0, 50));
    const approvalId = await eyes.request('POST', '/keys', { ...NEW_KEY, metadata });
    const { items } = (await eyes.management.call('GET /v1/approvals')).body;
    expect(items[0].body.metadata).toEqual(metadata);
    expect((await eyes.decide(approvalId, 'approve')).status).toBe(200);
    const claimed = await eyes.management.call(`POST /v1/approvals/${approvalId}/claim`);
    expect(claimed.body.key.metadata).toEqual(metadata);
  });

  test('as a field, a filter or a path it is unknown, and never a failure', async () => {
    for (const name of KNOWN) {
      const body = { ...NEW_KEY, [name]: 'x' };
      const isField = Object.hasOwn(NEW_KEY, name) || name === 'name';
      const answer = await management.call(`POST ${TENANT}/keys`, { body });
      expect([name, answer.status]).toEqual([name, isField ? 201 : 400]);
      const listed = await management.call(`GET ${TENANT}/keys`, { query: { [name]: 'x' } });
      expect([name, listed.status]).toEqual([name, 400]);
      expect((await management.call(`GET ${TENANT}/keys/${name}`)).status).toBe(404);
    }
  });
});

describe('the one name that objects can’t hold is refused, in words', () => {
  test.each([
    [
      'in metadata',
      '{"name":"x","type":"secret","environment":"live","role":"writer","metadata":{"__proto__":"p"}}',
    ],
    ['escaped', '{"name":"x","metadata":{"\\u005f_proto__":"p"}}'],
    ['as a field', '{"name":"x","__proto__":{"role":"writer"}}'],
    ['deep in a list', '{"rateLimits":[{"__proto__":{}}]}'],
  ])('%s', async (_, text) => {
    const answer = await management.call(`POST ${TENANT}/keys`, { text });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } });
    expect(answer.body.error.message).toContain('__proto__');
  });

  test('and what is nested without end is too', async () => {
    for (const open of ['[', '{"a":']) {
      const text = `{"name":${open.repeat(20_000)}`;
      const closed = `${text}1${(open === '[' ? ']' : '}').repeat(20_000)}}`;
      for (const sent of [text, closed]) {
        expect((await management.call(`POST ${TENANT}/keys`, { text: sent })).status).toBe(400);
      }
    }
  });
});

describe('maps that are not made of bodies', () => {
  const anyName = fc.oneof(fc.constantFrom(...KNOWN, '__proto__'), fc.string());

  test('attributes come back under any names', () => {
    fc.assert(
      fc.property(
        fc.dictionary(anyName, fc.oneof(fc.string(), fc.integer(), fc.constant(null))),
        (values) => {
          const stored = JSON.parse(JSON.stringify(toAttributes({ values }))) as AttributeMap;
          const entries = Object.entries(fromAttributes(stored).values as object);
          expect(entries.sort()).toEqual(Object.entries(values).sort());
        },
      ),
    );
  });

  test('counts are numbers under any names', () => {
    for (const name of [...KNOWN, '__proto__']) {
      const kept = keepOnly(Object.fromEntries([[name, 2]]), { has: () => true });
      expect(Object.entries(kept)).toEqual([[name, 2]]);
      expect(Object.entries(countOf({ [`x#${name}`]: 3 }).causes)).toEqual([[name, 3]]);
      const refusal = {
        id: '1',
        time: 0,
        requestId: 'r',
        code: 'authentication_failed',
        keyId: undefined,
        owner: undefined,
      } as const;
      const batch = { id: 'b', accesses: [], refusals: [{ ...refusal, cause: name, sourceIp: undefined }] };
      expect(tallyOf(batch, () => '-').map(({ count }) => Object.entries(count.causes))).toEqual([
        [[name, 1]],
      ]);
    }
    expect(Object.keys(emptyCount().routes)).toEqual([]);
  });

  test('no line of a log has a cause that only objects know', () => {
    for (const errorCode of KNOWN) {
      const line = { requestId: 'r', requestTimeEpoch: '1', status: '403', errorCode };
      const message = JSON.stringify(line);
      expect(readAccess({ id: '1', timestamp: 1, message })?.refusedWith).toBeUndefined();
    }
  });
});
