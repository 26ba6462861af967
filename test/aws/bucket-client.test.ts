import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { objectReader, type StoredObject } from '../../core/aws/bucket-client.ts';
import type { AwsServer } from '../../emulator/aws-server.ts';
import { CREDENTIALS } from '../support/credentials.ts';
import { AwsFixture } from '../support/local-aws.ts';

const fixture = new AwsFixture();
let server: AwsServer;
let stored: StoredObject;
beforeAll(async () => {
  server = await fixture.start();
  const told = Promise.withResolvers<StoredObject>();
  server.onEvent(({ source, detail }) => {
    if (source !== 'aws.s3') return;
    const { bucket, object } = detail as { bucket: { name: string }; object: { key: string; etag: string } };
    told.resolve({ bucket: bucket.name, ...object });
  });
  server.createDeliveryStream('lines', {
    ExtendedS3DestinationConfiguration: {
      BucketARN: 'arn:aws:s3:::some-lines',
      Prefix: 'lines/!{timestamp:yyyy/MM/dd/HH}/',
      CompressionFormat: 'GZIP',
      ProcessingConfiguration: {
        Enabled: true,
        Processors: [{ Type: 'Decompression' }, { Type: 'AppendDelimiterToRecord' }],
      },
    },
  });
  const arn = 'arn:aws:firehose:eu-central-1:000000000000:deliverystream/lines';
  server.putRecord(arn, gzipSync('one'));
  server.putRecord(arn, gzipSync('two'));
  stored = await told.promise;
});
afterAll(() => fixture.close());

const reader = (credentials = CREDENTIALS) =>
  objectReader({
    region: 'eu-central-1',
    endpoint: server.url,
    credentials: () => ({ ...credentials, sessionToken: undefined }),
    now: Date.now,
  });

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  return Buffer.from(await new Response(stream).arrayBuffer());
}

test('reads an object that Firehose wrote: unpacked records, a line each, compressed together', async () => {
  expect(stored.key).toMatch(/^lines\/\d{4}\/\d\d\/\d\d\/\d\d\/lines-1-[\d-]{19}-[\w-]{36}\.gz$/);
  expect(String(gunzipSync(await bytesOf(await reader()(stored))))).toBe('one\ntwo\n');
});

test('reads none that is another by now, is gone, or is not this caller’s to read', async () => {
  await expect(reader()({ ...stored, etag: 'other' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
    status: 412,
  });
  await expect(reader()({ ...stored, key: 'lines/none' })).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(reader({ ...CREDENTIALS, secretAccessKey: 'wrong' })(stored)).rejects.toMatchObject({
    name: 'InvalidSignatureException',
  });
});

test.each([
  { bucket: 'x/../other', key: 'lines/a' },
  { bucket: 'some-lines', key: '../other/a' },
  { bucket: 'some-lines', key: 'lines//a' },
  { bucket: 'some-lines', key: 'lines/a?versionId=1' },
  { bucket: 'some-lines', key: 'lines/a b' },
])('asks for no name that is none of such a file: %j', async (name) => {
  await expect(reader()({ ...name, etag: 'e' })).rejects.toThrow('none of a file of log lines');
});
