import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import type { Credentials } from './aws/request-signature.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

/** What it takes to call the AWS services of a running server, as the `aws` command does. */
export type AwsAccess = z.output<typeof accessFile>;

const accessFile = z.object({
  url: z.string(),
  region: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
});

const accessPath = (dataDir: string) => join(dataDir, 'aws', 'access.json');

/** Credentials for one run of the server: whoever wants them must be able to read the data folder. */
export function newCredentials(): Credentials {
  return { accessKeyId: randomText(20), secretAccessKey: randomText(40) };
}

/** Letters and digits. */
function randomText(length: number): string {
  return randomBytes(length).toString('hex').slice(0, length).toUpperCase();
}

/** Notes them in a file that only its owner may read. */
export function writeAwsAccess(dataDir: string, access: AwsAccess): void {
  writePrivateFile(accessPath(dataDir), access);
}

/** How to call the server that was started last on this data folder; undefined where none ever was. */
export function readAwsAccess(dataDir: string): AwsAccess | undefined {
  return readPrivateFile(accessPath(dataDir), accessFile);
}
