import { randomUUID } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';

/** How long records are collected; Firehose does it for as many minutes as it is told, and nobody wants to wait so long. */
const COLLECTING_MILLISECONDS = 500;
const MEBIBYTE = 2 ** 20;

/** AWS::KinesisFirehose::DeliveryStream, as far as it is served here. */
const streamProperties = z.object({
  ExtendedS3DestinationConfiguration: z.object({
    BucketARN: z.string().startsWith('arn:aws:s3:::'),
    Prefix: z.string().default(''),
    BufferingHints: z.object({ SizeInMBs: z.number().default(5) }).default({ SizeInMBs: 5 }),
    CompressionFormat: z.enum(['GZIP', 'UNCOMPRESSED']).default('UNCOMPRESSED'),
    ProcessingConfiguration: z
      .object({
        Enabled: z.boolean(),
        Processors: z.array(z.object({ Type: z.enum(['Decompression', 'AppendDelimiterToRecord']) })),
      })
      .default({ Enabled: false, Processors: [] }),
  }),
});
type Destination = z.output<typeof streamProperties>['ExtendedS3DestinationConfiguration'];

interface Stream {
  readonly name: string;
  readonly destination: Destination;
  collected: Buffer[];
  bytes: number;
  timer?: NodeJS.Timeout;
}

export interface DeliveryStreamsOptions {
  readonly now: () => Date;
  readonly put: (bucket: string, key: string, body: Uint8Array) => void;
}

/**
 * Firehose with buckets of S3 as destinations: records of a while together in an object. Those that were not
 * delivered are lost with the process.
 */
export class DeliveryStreams {
  readonly #options: DeliveryStreamsOptions;
  readonly #streams = new Map<string, Stream>();

  constructor(options: DeliveryStreamsOptions) {
    this.#options = options;
  }

  create(name: string, properties: unknown): void {
    const { ExtendedS3DestinationConfiguration: destination } = streamProperties.parse(properties);
    this.#streams.set(name, { name, destination, collected: [], bytes: 0 });
  }

  /** Takes a record. @throws Error when there is no such stream */
  put(streamArn: string, record: Uint8Array): void {
    const stream = this.#streams.get(streamArn.slice(streamArn.lastIndexOf('/') + 1));
    if (stream === undefined) throw new Error(`The stacks declare no delivery stream ${streamArn}`);
    const made = processed(record, stream.destination);
    stream.collected.push(made);
    stream.bytes += made.length;
    if (stream.bytes >= stream.destination.BufferingHints.SizeInMBs * MEBIBYTE) this.#flush(stream);
    else stream.timer ??= setTimeout(() => this.#flush(stream), COLLECTING_MILLISECONDS);
  }

  /** Delivers what was collected. */
  close(): void {
    for (const stream of this.#streams.values()) this.#flush(stream);
  }

  #flush(stream: Stream): void {
    clearTimeout(stream.timer);
    delete stream.timer;
    if (stream.collected.length === 0) return;
    const { BucketARN, Prefix, CompressionFormat } = stream.destination;
    const text = Buffer.concat(stream.collected.splice(0));
    stream.bytes = 0;
    const now = this.#options.now().toISOString();
    const time = now.slice(0, 'yyyy-mm-ddThh:mm:ss'.length).replaceAll(/[T:]/g, '-');
    const isGzip = CompressionFormat === 'GZIP';
    const key = `${prefixAt(Prefix, now)}${stream.name}-1-${time}-${randomUUID()}${isGzip ? '.gz' : ''}`;
    const bucket = BucketARN.slice(BucketARN.lastIndexOf(':') + 1);
    this.#options.put(bucket, key, isGzip ? gzipSync(text) : text);
  }
}

function processed(record: Uint8Array, { ProcessingConfiguration }: Destination): Buffer {
  const { Enabled, Processors } = ProcessingConfiguration;
  const types = Enabled ? Processors.map(({ Type }) => Type) : [];
  const text = types.includes('Decompression') ? gunzipSync(record) : Buffer.from(record);
  return types.includes('AppendDelimiterToRecord') ? Buffer.concat([text, Buffer.from('\n')]) : text;
}

/** A prefix with its namespace `timestamp`, of which only years to hours are known here. */
function prefixAt(prefix: string, time: string): string {
  const [date = '', clock = ''] = time.split('T');
  const [yyyy = '', MM = '', dd = ''] = date.split('-');
  const parts: Readonly<Record<string, string>> = { yyyy, MM, dd, HH: clock.slice(0, 2) };
  return prefix.replaceAll(/!\{timestamp:([^}]*)\}/g, (_, pattern: string) =>
    pattern.replaceAll(/yyyy|MM|dd|HH/g, (part) => parts[part] ?? part),
  );
}
