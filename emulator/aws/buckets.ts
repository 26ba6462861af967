import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AwsError, type RestService, unknownOperation } from './protocol.ts';

/** What S3 tells the default bus of an object; the bucket is one that has EventBridge turned on. */
interface ObjectCreated {
  readonly source: 'aws.s3';
  readonly 'detail-type': 'Object Created';
  readonly detail: object;
}

export interface BucketsOptions {
  readonly tell: (event: ObjectCreated) => void;
}

/** S3 as far as files of log lines need it: objects that services here put, a file each, and `GetObject` for functions. */
export class Buckets implements RestService {
  readonly #folder: string;
  readonly #options: BucketsOptions;

  constructor(folder: string, options: BucketsOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  /** Puts an object, and tells of it. */
  put(bucket: string, key: string, body: Uint8Array): void {
    const path = this.#pathOf(bucket, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, body);
    renameSync(`${path}.new`, path);
    const object = { key, size: body.length, etag: etagOf(body), sequencer: randomBytes(9).toString('hex') };
    const detail = { version: '0', bucket: { name: bucket }, object, reason: 'PutObject' };
    this.#options.tell({ source: 'aws.s3', 'detail-type': 'Object Created', detail });
  }

  /** `GET /<bucket>/<key>`, if need be of one ETag alone. */
  handle({ method, url, headers }: Parameters<RestService['handle']>[0]): Uint8Array {
    const [, bucket = '', key = ''] = /^\/([^/]+)\/(.+)$/.exec(decodeURIComponent(url.pathname)) ?? [];
    if (method !== 'GET' || bucket === '' || url.search !== '')
      throw unknownOperation('s3', `${method} ${url}`);
    const path = this.#pathOf(bucket, key);
    if (!existsSync(path))
      throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404 });
    const body = readFileSync(path);
    const wanted = headers['if-match'];
    if (wanted !== undefined && wanted !== `"${etagOf(body)}"`)
      throw new AwsError(
        'PreconditionFailed',
        'At least one of the pre-conditions you specified did not hold',
        {
          status: 412,
        },
      );
    return body;
  }

  /** Names are encoded whole, so that none leads out of the folder. */
  #pathOf(bucket: string, key: string): string {
    return join(this.#folder, encodeURIComponent(bucket).replaceAll('.', '%2E'), encodeURIComponent(key));
  }
}

function etagOf(body: Uint8Array): string {
  return createHash('md5').update(body).digest('hex');
}
