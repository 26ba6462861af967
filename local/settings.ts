import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { StartError } from '../emulator/start-error.ts';

/** Where the local servers listen and keep their data; every address follows from `PORT`. */
export interface Settings {
  readonly dataDir: string;
  /** Of the management API; identity and API Gateway follow it. */
  readonly port: number;
  readonly identityPort: number;
  readonly gatewayPort: number;
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

/**
 * Reads `PORT`, `KEYWRIGHT_DATA_DIR`, `KEYWRIGHT_IAM` and `KEYWRIGHT_APPS`.
 * @throws StartError when `PORT` is no port that leaves room for the two after it, `KEYWRIGHT_IAM` is
 * neither `enforce` nor `off`, or a folder of `KEYWRIGHT_APPS` is no cloud assembly
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const text = environment.PORT ?? String(DEFAULT_PORT);
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_533) {
    throw new StartError(`PORT is ${JSON.stringify(text)}; give a port from 1 to 65533, such as PORT=4100.`);
  }
  return {
    dataDir: resolve(environment.KEYWRIGHT_DATA_DIR || '.keywright'),
    port,
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
