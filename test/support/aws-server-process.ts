/**
 * The local AWS services as a process of their own, to be killed: serves the data folder given as the
 * first argument, with the test table, and appends every stream record that its consumer receives to
 * the file given as the second. The consumer reports some records as failed, so retries happen too.
 */
import { appendFileSync } from 'node:fs';
import type { DynamoDBRecord } from 'aws-lambda';
import { startAwsServer } from '../../emulator/aws-server.ts';
import { CREDENTIALS } from './credentials.ts';
import { STREAM_ARN, TABLE } from './things-table.ts';

const [dataDir = '', received = ''] = process.argv.slice(2);
const server = await startAwsServer({
  dataDir,
  credentials: CREDENTIALS,
  log: (line) => process.stderr.write(`${line}\n`),
});
await server.createTable(TABLE);
await server.createEventSourceMapping(
  {
    EventSourceArn: STREAM_ARN,
    FunctionName: 'recorder',
    BatchSize: 25,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  },
  { name: 'recorder', invoke: record, warm: async () => undefined, stop: async () => undefined },
);
process.send?.(server.url);

async function record(event: unknown) {
  const records = (event as { Records: DynamoDBRecord[] }).Records;
  const failed = Math.random() < 0.1 ? Math.floor(Math.random() * records.length) : records.length;
  const taken = records.slice(0, failed);
  appendFileSync(received, taken.map((one) => `${JSON.stringify(one)}\n`).join(''));
  return {
    batchItemFailures: records.slice(failed, failed + 1).map((one) => ({
      itemIdentifier: one.dynamodb?.SequenceNumber,
    })),
  };
}
