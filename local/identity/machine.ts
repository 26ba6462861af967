import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { randomBase62 } from '../../core/domain/ground/base62.ts';
import { readPrivateFile, writePrivateFile } from '../../emulator/private-file.ts';

/** A program that gets tokens in its own name, by the client-credentials grant (RFC 6749, 4.4). */
export interface Machine {
  readonly clientId: string;
  readonly clientSecret: string;
}

const machineFile = z.object({ clientId: z.string(), clientSecret: z.string() });

const machinePath = (dataDir: string) => join(dataDir, 'identity', 'machine.json');

/** The machine of this data folder; undefined where none has been seeded yet. */
export function readMachine(dataDir: string): Machine | undefined {
  return readPrivateFile(machinePath(dataDir), machineFile);
}

/** The machine of this data folder, given a secret of its own on first use. */
export function seedMachine(dataDir: string): Machine {
  const known = readMachine(dataDir);
  if (known !== undefined) return known;
  const machine = { clientId: 'acme-billing', clientSecret: randomBase62(40, randomBytes) };
  writePrivateFile(machinePath(dataDir), machine);
  return machine;
}
