import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { readPrivateFile, writePrivateFile } from '../emulator/private-file.ts';
import { StartError } from '../emulator/start-error.ts';

/**
 * The Regions that this machine can have, in the order in which they are started. ARNs of the data folder hold them, so
 * they do not follow the shell's AWS_REGION.
 */
export const LOCAL_REGIONS = ['eu-central-1', 'eu-west-1', 'us-east-1', 'ap-southeast-2'] as const;

const [FIRST] = LOCAL_REGIONS;
const mark = z.strictObject({ region: z.enum(LOCAL_REGIONS) });
const markOf = (dataDir: string) => join(dataDir, 'main-region.json');

/** Whether the Region that has the control plane took it over, now or before. */
export function hasMoved(dataDir: string): boolean {
  return existsSync(markOf(dataDir));
}

/** The Region that has the control plane: where it was moved to last, or where every data folder begins. */
export function mainRegionOf(dataDir: string): string {
  return readPrivateFile(markOf(dataDir), mark)?.region ?? FIRST;
}

/**
 * From now on `region` is the one that has the control plane. The one before is not asked: it is what was lost, and what
 * it has is put aside.
 * @throws StartError where it has no copy of what the control plane is made of
 */
export function moveControlPlane(dataDir: string, region: string): void {
  const before = mainRegionOf(dataDir);
  if (region === before) return;
  const copies = ['dynamodb', 'secrets.json'].map((name) => join(servicesFolder(dataDir, region), name));
  if (!copies.every((path) => existsSync(path))) {
    throw new StartError(
      `${region} has no copy of ${dataDir}; a Region that takes the control plane over was there before: npm start -- --regions 2.`,
    );
  }
  writePrivateFile(markOf(dataDir), mark.parse({ region }));
  putAside(dataDir, before);
}

/** After the move is noted: without the note, the next start would begin an empty main Region. */
function putAside(dataDir: string, region: string): void {
  const aside = join(dataDir, 'lost', region);
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(dirname(aside), { recursive: true });
  renameSync(servicesFolder(dataDir, region), aside);
}

/** Where a Region's AWS services keep everything. */
export function servicesFolder(dataDir: string, region: string): string {
  return region === FIRST ? join(dataDir, 'aws') : join(dataDir, 'regions', region);
}

/** What is remembered of the custom resources of the stacks that are in a Region while it is the main one. */
export function customResourcesFile(dataDir: string, region: string): string {
  const name = 'custom-resources.json';
  return region === FIRST ? join(dataDir, name) : join(servicesFolder(dataDir, region), name);
}
