import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { OpenObject, StoredObject } from '../../core/aws/bucket-client.ts';
import { USAGE_FILES } from '../../core/contract/deployment.ts';
import { idOfEvents, LogLines, type ReadBatch, readMessage } from './log-batch.ts';

/** What EventBridge tells of an object that was put into a bucket. */
export interface ObjectCreated {
  readonly source: 'aws.s3';
  readonly detail: {
    readonly bucket: { readonly name: string };
    readonly object: { readonly key: string; readonly etag: string };
  };
}

/**
 * For so long an earlier file may be tried while later ones are counted: three times, with the consumer's longest run
 * each, and one minute and two between them. What waits longer lies in the dead-letter queue.
 */
const TRIED_MILLISECONDS = 35 * 60_000;
/** Of a REST API, which may stream its answer. Its line is written at the end, and tells the time of the beginning. */
const LONGEST_REQUEST_MILLISECONDS = 15 * 60_000;

/**
 * Reads a file that Firehose wrote, compressed by gzip: messages of CloudWatch Logs, each a line of JSON, or lines of
 * REST APIs' access logs, by its prefix and never by what a line says of itself. A batch for each log in it; those
 * lines are one log for each bucket. What a batch is called follows from the object, which nobody writes twice: so it is the same
 * whenever the object is told of. Firehose may write a message twice; of those in one file the second is passed over. Of a log
 * nobody knows that all of it is counted up to here: only what was written before an earlier file was given up on.
 * @throws Error for an object that is not whole, is none of Firehose's or is not the one that was told of
 */
export async function readLogFile({ detail }: ObjectCreated, open: OpenObject): Promise<ReadBatch[]> {
  const { bucket, object } = detail;
  const stored: StoredObject = { bucket: bucket.name, key: object.key, etag: object.etag };
  const isOfRequests = object.key.startsWith(USAGE_FILES.requests);
  const logs = isOfRequests
    ? await requestsIn(await open(stored), `${bucket.name}/${USAGE_FILES.requests}`)
    : await messagesIn(await open(stored));
  const behind = TRIED_MILLISECONDS + (isOfRequests ? LONGEST_REQUEST_MILLISECONDS : 0);
  return [...logs].map(([name, lines]) => ({
    ...lines.batch(batchId(stored, name), name),
    isOfFile: true,
    log: { name, until: lines.since - behind },
  }));
}

type Logs = ReadonlyMap<string, LogLines>;

async function messagesIn(body: ReadableStream<Uint8Array>): Promise<Logs> {
  const logs = new Map<string, LogLines>();
  const seen = new Set<string>();
  await forEachLine(body, (line) => {
    const message = readMessage(line);
    if (message === undefined) return;
    const id = idOfEvents(message.logEvents);
    if (seen.has(id)) return;
    seen.add(id);
    const lines = logs.get(message.logGroup) ?? new LogLines();
    logs.set(message.logGroup, lines);
    lines.add(message.logEvents);
  });
  return logs;
}

/** @param name of their log: the Region is in it, whose files alone it tells of */
async function requestsIn(body: ReadableStream<Uint8Array>, name: string): Promise<Logs> {
  const lines = new LogLines();
  await forEachLine(body, (line) => lines.addFileLine(line));
  return new Map([[name, lines]]);
}

async function forEachLine(body: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
  await pipeline(Readable.fromWeb(body), createGunzip(), async (text: AsyncIterable<Buffer>) => {
    for await (const line of linesOf(text)) if (line !== '') take(line);
  });
}

function batchId({ bucket, key, etag }: StoredObject, log: string): string {
  return createHash('sha256')
    .update(JSON.stringify([bucket, key, etag, log]))
    .digest('base64url');
}

/** Lines of a text that comes in pieces. */
async function* linesOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let begun: Buffer[] = [];
  for await (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', start)) {
      yield Buffer.concat([...begun, piece.subarray(start, end)]).toString();
      begun = [];
      start = end + 1;
    }
    begun.push(piece.subarray(start));
  }
  yield Buffer.concat(begun).toString();
}
