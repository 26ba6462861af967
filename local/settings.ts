import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { StartError } from '../emulator/start-error.ts';

/** Where the local servers listen and keep their data; every address follows from `PORT`. */
export interface Settings {
  readonly dataDir: string;
  /** Of the management API; identity and API Gateway follow it. */
  readonly port: number;
  readonly identityPort: number;
  readonly gatewayPort: number;
  /** Regions beside the main one, and the ports of each: its protected APIs, then `verify`. */
  readonly otherRegions: readonly {
    readonly name: string;
    readonly gatewayPort: number;
    readonly verifyPort: number;
  }[];
  /** Issuer of access tokens. */
  readonly issuer: string;
  /** Whether functions may do only what their roles in the templates let them do. */
  readonly iam: 'enforce' | 'off';
  /** Cloud assemblies of other apps, which are deployed beside Keywright's own stacks. */
  readonly apps: readonly string[];
  /** `PORT=…` and `KEYWRIGHT_DATA_DIR=…` as a shell takes them, where they are set. */
  readonly variables: readonly string[];
}

const DEFAULT_PORT = 4100;
/** What other Regions there can be, in this order. */
const OTHER_REGIONS = ['eu-west-1', 'us-east-1', 'ap-southeast-2'];

/** Where replication is set, on the management API's port. */
export const REPLICATION_PATH = '/keywright-local/replication';

/**
 * Reads `PORT`, `KEYWRIGHT_DATA_DIR`, `KEYWRIGHT_IAM` and `KEYWRIGHT_APPS`, and the option `--regions`.
 * @throws StartError when `PORT` is no port that leaves room for those after it, `KEYWRIGHT_IAM` is
 * neither `enforce` nor `off`, a folder of `KEYWRIGHT_APPS` is no cloud assembly, or an option is none
 */
export function readSettings(environment: NodeJS.ProcessEnv, options: readonly string[] = []): Settings {
  const text = environment.PORT ?? String(DEFAULT_PORT);
  const port = Number(text);
  const otherRegions = otherRegionsIn(options, port + 3);
  const last = 65_533 - 2 * otherRegions.length;
  if (!/^\d+$/.test(text) || port < 1 || port > last) {
    throw new StartError(
      `PORT is ${JSON.stringify(text)}; give a port from 1 to ${last}, such as PORT=4100.`,
    );
  }
  return {
    dataDir: resolve(environment.KEYWRIGHT_DATA_DIR || '.keywright'),
    port,
    otherRegions,
    identityPort: port + 1,
    gatewayPort: port + 2,
    iam: iamIn(environment),
    apps: appsIn(environment),
    issuer: `http://localhost:${port + 1}`,
    variables: ['PORT', 'KEYWRIGHT_DATA_DIR']
      .filter((name) => environment[name])
      .map((name) => `${name}='${environment[name]?.replaceAll("'", "'\\''")}'`),
  };
}

function otherRegionsIn(options: readonly string[], port: number): Settings['otherRegions'] {
  const most = OTHER_REGIONS.length + 1;
  const count = Number(regionsOption(options) ?? 1);
  if (!Number.isInteger(count) || count < 1 || count > most) {
    throw new StartError(
      `npm start -- ${options.join(' ')}: expected --regions and how many, 1 to ${most}, such as --regions 2.`,
    );
  }
  return OTHER_REGIONS.slice(0, count - 1).map((name, i) => ({
    ...{ name, gatewayPort: port + 2 * i, verifyPort: port + 2 * i + 1 },
  }));
}

function regionsOption(args: readonly string[]): string | undefined {
  try {
    return parseArgs({ args: [...args], options: { regions: { type: 'string' } } }).values.regions;
  } catch {
    return '?';
  }
}

function appsIn({ KEYWRIGHT_APPS: apps = '' }: NodeJS.ProcessEnv): Settings['apps'] {
  const folders = apps
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => resolve(folder));
  for (const folder of folders) {
    if (existsSync(join(folder, 'manifest.json'))) continue;
    throw new StartError(
      `KEYWRIGHT_APPS names ${folder}, which is no cloud assembly; give the cdk.out folder of an app after cdk synth.`,
    );
  }
  return folders;
}

function iamIn({ KEYWRIGHT_IAM: iam = 'off' }: NodeJS.ProcessEnv): Settings['iam'] {
  if (iam === 'enforce' || iam === 'off') return iam;
  throw new StartError(
    `KEYWRIGHT_IAM is ${JSON.stringify(iam)}; give enforce (functions may do what their roles let them do) or off.`,
  );
}
