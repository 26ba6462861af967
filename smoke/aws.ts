import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Who signs requests to functions and APIs of this account. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

/** The account, as the command `aws` shows it. */
export interface Aws {
  readonly region: string;
  /** What `aws <words…> --output json` prints. @throws Error with what it says on failure */
  ask<Answer>(...words: string[]): Promise<Answer>;
  credentials(): Promise<Credentials>;
}

/** @param profile of the command `aws`; undefined goes by the shell's credentials */
export async function awsOf(profile: string | undefined, region: string | undefined): Promise<Aws> {
  const who = [...(profile ? ['--profile', profile] : []), ...(region ? ['--region', region] : [])];
  const run = async (...words: string[]) => {
    try {
      return (await promisify(execFile)('aws', [...words, ...who], { maxBuffer: 16 << 20 })).stdout;
    } catch (error) {
      const { code, stderr, message } = error as { code?: unknown; stderr?: string; message: string };
      if (code === 'ENOENT') throw new Error('the command `aws` is not there; install AWS’s command line');
      throw new Error((stderr || message).trim().split('\n').at(-1));
    }
  };
  const here = region ?? (await regionOf(run)).trim();
  let shown: Promise<Credentials> | undefined;
  return {
    region: here,
    ask: async <Answer>(...words: string[]) =>
      JSON.parse((await run(...words, '--output', 'json')) || '{}') as Answer,
    credentials: () => (shown ??= exported(run)),
  };
}

/** As the command resolves them, whatever the profile is of: single sign-on, a role, a key. */
async function exported(run: (...words: string[]) => Promise<string>): Promise<Credentials> {
  const shown = JSON.parse(await run('configure', 'export-credentials', '--format', 'process'));
  return {
    accessKeyId: shown.AccessKeyId,
    secretAccessKey: shown.SecretAccessKey,
    sessionToken: shown.SessionToken,
  };
}

async function regionOf(run: (...words: string[]) => Promise<string>): Promise<string> {
  const given = process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION;
  return given || (await run('configure', 'get', 'region'));
}

interface Stack {
  readonly Outputs?: readonly { readonly OutputKey: string; readonly OutputValue: string }[];
}

/** Outputs of a stack, by name; none where it is not deployed. */
export async function outputsOf(aws: Aws, stackName: string): Promise<Readonly<Record<string, string>>> {
  try {
    const { Stacks } = await aws.ask<{ Stacks: Stack[] }>(
      ...['cloudformation', 'describe-stacks', '--stack-name', stackName],
    );
    const outputs = Stacks.flatMap(({ Outputs = [] }) => Outputs);
    return Object.fromEntries(outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  } catch (error) {
    if (/does not exist/.test(String(error))) return {};
    throw error;
  }
}
