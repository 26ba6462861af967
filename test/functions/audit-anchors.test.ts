import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AnchorPlace, AnchorReader, AnchorWriter } from '../../core/aws/audit-anchors.ts';
import { signedClient } from '../../core/aws/signed-client.ts';
import { HeadAnchors } from '../../functions/publisher/anchor-heads.ts';
import { publisherHandler } from '../../functions/publisher/publisher-handler.ts';
import { auditLog, MemoryAnchors } from '../support/audit.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { startEventBus, type TestEventBus } from '../support/event-bus.ts';
import { AwsFixture } from '../support/local-aws.ts';
import { eventFor, MemoryQueue, quietLogger, recordOf, UNCOUNTED } from '../support/publisher.ts';

const KEY = '0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f';
const GROUP = '/keywright/audit-anchors';
const head = (seq: number) => ({ seq, hash: String(seq).repeat(64).slice(0, 64) });

process.env.POWERTOOLS_METRICS_DISABLED = 'true';

let aws: AwsFixture;
let now: Date;
let stop: () => Promise<void>;
beforeEach(() => {
  aws = new AwsFixture();
  now = new Date('2026-11-22T12:00:00.000Z');
});
afterEach(() => aws.close());

async function startPlace(change: Partial<AnchorPlace> = {}): Promise<AnchorPlace> {
  const server = await aws.start({ now: () => now });
  stop = server.close;
  server.createKey(KEY, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  server.createLogGroup(GROUP);
  const client = (service: 'kms' | 'logs') =>
    signedClient({
      service,
      region: 'eu-central-1',
      endpoint: server.url,
      credentials: () => ({ accessKeyId: 'local', secretAccessKey: 'local', sessionToken: undefined }),
      attemptMilliseconds: 2000,
      deadlineMilliseconds: 5000,
      now: Date.now,
      random: Math.random,
    });
  return { kms: client('kms'), logs: client('logs'), keyId: KEY, logGroup: GROUP, ...change };
}
const put = (place: AnchorPlace, logStreamName: string, message: string) =>
  place.logs('PutLogEvents', {
    logGroupName: GROUP,
    logStreamName,
    logEvents: [{ timestamp: now.getTime(), message }],
  });

describe('signed heads in KMS and CloudWatch Logs', () => {
  test('are read again as they were signed, each chain’s apart, also after a restart', async () => {
    const writer = new AnchorWriter(await startPlace(), () => now);
    await Promise.all([writer.write('tenant_a', head(1)), writer.write('tenant_b', head(7))]);
    now = new Date(now.getTime() + 60_000);
    await Promise.all([writer.write('tenant_a', head(2)), writer.write(null, head(3))]);
    await stop();
    const reader = new AnchorReader(await startPlace());
    expect(await reader.read('tenant_a')).toEqual({
      place: GROUP,
      state: 'read',
      reason: null,
      tampering: [],
      anchors: [
        { tenantId: 'tenant_a', ...head(1), signedAt: '2026-11-22T12:00:00.000Z' },
        { tenantId: 'tenant_a', ...head(2), signedAt: '2026-11-22T12:01:00.000Z' },
      ],
    });
    expect((await reader.read('tenant_b')).anchors).toMatchObject([head(7)]);
    expect((await reader.read(null)).anchors).toMatchObject([head(3)]);
  });

  test('are read as far as a thousand back, and false lines among them are told', async () => {
    const place = await startPlace();
    const writer = new AnchorWriter(place, () => now);
    const first = await writer.write('tenant_a', head(1));
    await put(place, 'tenant_a', 'a line of somebody else');
    now = new Date(now.getTime() + 3_600_000);
    await put(place, 'tenant_a', first);
    await writer.write('tenant_a', head(2));
    const { anchors, tampering } = await new AnchorReader(place).read('tenant_a');
    expect(anchors).toMatchObject([head(1), head(2)]);
    expect(tampering.map(({ kind, seq }) => [kind, seq])).toEqual([
      ['forgedHead', null],
      ['forgedHead', 1],
    ]);
  });

  test('of a chain without any are none; of a group that is not there, unreadable', async () => {
    const place = await startPlace();
    expect(await new AnchorReader(place).read('tenant_a')).toMatchObject({ state: 'none', anchors: [] });
    const elsewhere = new AnchorReader({ ...place, logGroup: '/elsewhere' });
    expect(await elsewhere.read('tenant_a')).toMatchObject({
      state: 'unreadable',
      reason: expect.stringContaining('log group does not exist'),
    });
    await new AnchorWriter(place, () => now).write('tenant_a', head(1));
    const keyless = new AnchorReader({ ...place, keyId: 'other' });
    expect(await keyless.read('tenant_a')).toMatchObject({
      state: 'unreadable',
      reason: expect.stringContaining('NotFound'),
    });
  });
});

describe('the publisher', () => {
  let dynamodb: TestDynamoDb;
  let bus: TestEventBus;
  beforeAll(async () => {
    dynamodb = await startDynamoDb();
    bus = await startEventBus();
  });
  afterAll(() => Promise.all([dynamodb.close(), bus.close()]));

  let tenants = 0;
  function publisher(anchors: MemoryAnchors) {
    tenants += 1;
    const tenantId = `tenant_anchored${tenants}`;
    const logged: string[] = [];
    const handler = publisherHandler(
      {
        audit: auditLog(dynamodb.audit),
        bridge: bus.client,
        bus: 'keywright',
        anchors,
        anchorArchive: { bridge: bus.client, bus: 'keywright' },
        aside: new MemoryQueue().place,
        summaries: UNCOUNTED,
      },
      quietLogger((line) => void logged.push(line)),
    );
    const record = () => recordOf(`CRED#${tenantId}`, eventFor(tenantId));
    return {
      tenantId,
      logged,
      record,
      publish: (...Records: ReturnType<typeof recordOf>[]) => handler({ Records }),
    };
  }
  const signed = async (anchors: MemoryAnchors, tenantId: string) =>
    (await anchors.read(tenantId)).anchors.map(({ seq }) => seq);
  const archived = (tenantId: string) =>
    bus.accepted
      .filter(({ Source }) => Source === 'keywright.anchors')
      .map(({ Detail }) => JSON.parse(Detail ?? ''))
      .filter((line) => line.tenantId === tenantId);

  test('signs the head of each chain that a delivery added to, and sends it to the archive', async () => {
    const anchors = new MemoryAnchors();
    const { publish, record, tenantId } = publisher(anchors);
    expect(await publish(record(), record())).toEqual({ batchItemFailures: [] });
    expect(await signed(anchors, tenantId)).toEqual([2]);
    expect(archived(tenantId)).toMatchObject([{ seq: 2, signature: expect.any(String) }]);
  });

  test('signs it when an earlier delivery died between keeping and signing', async () => {
    const anchors = new MemoryAnchors();
    const { publish, record, tenantId } = publisher(anchors);
    const twice = record();
    await publish(twice);
    anchors.lines.clear();
    await publish(twice);
    expect(await signed(anchors, tenantId)).toEqual([1]);
  });

  test('holds no event back where nothing can be signed, says so, and signs with the next delivery', async () => {
    const anchors = new MemoryAnchors();
    const { publish, record, tenantId, logged } = publisher(anchors);
    anchors.failure = new Error('KMS is away');
    const sent = bus.accepted.length;
    expect(await publish(record())).toEqual({ batchItemFailures: [] });
    expect(bus.accepted.length).toBe(sent + 1);
    expect(logged.join()).toMatch(/was not anchored.*KMS is away/);
    anchors.failure = undefined;
    await publish();
    expect(await signed(anchors, tenantId)).toEqual([1]);
  });

  test('one chain’s failure is its own', async () => {
    const anchors = new MemoryAnchors();
    const sink = {
      write: (tenantId: string | null, it: { seq: number; hash: string }) =>
        tenantId === 'tenant_a' ? Promise.reject(new Error('no')) : anchors.write(tenantId, it),
    };
    const failed = await new HeadAnchors(sink).add([
      { tenantId: 'tenant_a', ...head(1) },
      { tenantId: 'tenant_b', ...head(2) },
    ]);
    expect(failed.map(({ tenantId }) => tenantId)).toEqual(['tenant_a']);
    expect(await signed(anchors, 'tenant_b')).toEqual([2]);
  });
});
