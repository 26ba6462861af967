import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { StartError } from '../emulator/start-error.ts';
import { LOCAL_REGIONS, mainRegionOf } from './main-region.ts';

/** Where the local servers listen and keep their data; every address follows from `PORT`. */
export interface Settings {
  readonly dataDir: string;
  /** Of the management API; identity and API Gateway follow it. */
  readonly port: number;
  readonly identityPort: number;
  readonly gatewayPort: number;
  /** The Region that has the control plane; where another had it before, it takes it over. */
  readonly mainRegion: string;
  /** Whether a change is acknowledged as the main Region has it, or once every other one has it too. */
  readonly consistency: 'eventual' | 'strong';
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
/** Of one set, as DynamoDB has them; a witness makes three of two. */
const STRONG_REGIONS: readonly string[] = LOCAL_REGIONS.slice(0, 2);
/** Where replication is set, on the management API's port. */
export const REPLICATION_PATH = '/keywright-local/replication';

/**
 * Reads `PORT`, `KEYWRIGHT_DATA_DIR`, `KEYWRIGHT_IAM` and `KEYWRIGHT_APPS`, and the options
 * `--regions`, `--main` and `--consistency`.
 * @throws StartError when `PORT` is no port that leaves room for those after it, `KEYWRIGHT_IAM` is
 * neither `enforce` nor `off`, a folder of `KEYWRIGHT_APPS` is no cloud assembly, or an option is none
 */
export function readSettings(environment: NodeJS.ProcessEnv, options: readonly string[] = []): Settings {
  const text = environment.PORT ?? String(DEFAULT_PORT);
  const port = Number(text);
  const dataDir = resolve(environment.KEYWRIGHT_DATA_DIR || '.keywright');
  const regions = regionsIn(options, mainRegionOf(dataDir));
  const otherRegions = regions.others.map((name, i) => ({
    ...{ name, gatewayPort: port + 3 + 2 * i, verifyPort: port + 4 + 2 * i },
  }));
  const last = 65_533 - 2 * otherRegions.length;
  if (!/^\d+$/.test(text) || port < 1 || port > last) {
    throw new StartError(
      `PORT is ${JSON.stringify(text)}; give a port from 1 to ${last}, such as PORT=4100.`,
    );
  }
  return {
    dataDir,
    port,
    mainRegion: regions.main,
    consistency: regions.consistency,
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

interface RegionSettings {
  readonly main: string;
  readonly others: readonly string[];
  readonly consistency: Settings['consistency'];
}

function regionsIn(options: readonly string[], mainBefore: string): RegionSettings {
  const given = optionsIn(options);
  const stop = (expected: string) =>
    new StartError(`npm start -- ${options.join(' ')}: expected ${expected}.`);
  const count = Number(given.regions ?? 1);
  if (!Number.isInteger(count) || count < 1 || count > LOCAL_REGIONS.length)
    throw stop(`--regions and how many, 1 to ${LOCAL_REGIONS.length}, such as --regions 2`);
  const { main = mainBefore, consistency = 'eventual' } = given;
  if (!LOCAL_REGIONS.some((each) => each === main))
    throw stop(`--main and one of ${LOCAL_REGIONS.join(', ')}`);
  if (consistency !== 'eventual' && consistency !== 'strong')
    throw stop('--consistency and eventual or strong');
  if (consistency === 'strong' && (count !== 2 || !STRONG_REGIONS.includes(main)))
    throw stop(`--consistency strong with --regions 2, ${STRONG_REGIONS.join(' and ')}`);
  const others = LOCAL_REGIONS.filter((each) => each !== main).slice(0, count - 1);
  return { main, others, consistency };
}

function optionsIn(args: readonly string[]): { regions?: string; main?: string; consistency?: string } {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ args: [...args], options: { regions: text, main: text, consistency: text } }).values;
  } catch {
    return { regions: '?' };
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
