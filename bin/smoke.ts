import { text } from 'node:stream/consumers';
import { Command, Option } from 'commander';
import { type Aws, awsOf, outputsOf } from '../smoke/aws.ts';
import { call } from '../smoke/http-call.ts';
import { managementOf } from '../smoke/management.ts';
import { type ApiAddress, apiAddress } from '../smoke/protected-api.ts';
import { exitCodeOf, pageOf } from '../smoke/report.ts';
import { type Given, runSmoke } from '../smoke/run.ts';
import { demoAddresses } from '../smoke/setup.ts';

interface Options {
  readonly url?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly tokenStdin?: boolean;
  readonly api: readonly string[];
}

/** The pair that the servers of `npm start` know for signed routes; it is no secret. */
const LOCAL_SIGNING = {
  region: 'eu-central-1',
  credentials: async () => ({ accessKeyId: 'local', secretAccessKey: 'local', sessionToken: undefined }),
};

/** Tokens come by the environment or standard input: arguments are shown to everybody on the machine. */
const VARIABLES = `
Environment:
  KEYWRIGHT_URL                the management API, in place of --url
  KEYWRIGHT_TOKEN              your access token, as an admin of every tenant, with a second factor
  KEYWRIGHT_FIRST_TOKEN        somebody's access token of a first sign-in, to see that it changes nothing
  KEYWRIGHT_SMOKE_OAUTH_TOKEN  an access token for protected APIs that require one

Exit code: 0 all that was asked holds, 1 something does not, 2 there is no answer.`;

const program = new Command('smoke')
  .description('Asks a deployment whether it keeps its promises, and takes away again what it made for that.')
  .addOption(
    new Option('--url <url>', 'the management API, without /v1; with AWS credentials it is found').env(
      'KEYWRIGHT_URL',
    ),
  )
  .option('--profile <name>', 'of the command aws: finds addresses, rings an alarm, signs for verify')
  .option(
    '--region <name>',
    'the Region of the deployment; with it, the shell’s own AWS credentials are used too',
  )
  .option('--token-stdin', 'read the access token from standard input')
  .option(
    '--api <kind:apiId=url>',
    'a protected API, by the address of a GET; may be repeated',
    collected,
    [],
  )
  .addHelpText('after', VARIABLES)
  .showHelpAfterError()
  .exitOverride((exit) => process.exit(exit.exitCode === 0 ? 0 : 2))
  .parse();

try {
  const outcome = await runSmoke(await givenBy(program.opts()));
  const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR;
  progress('');
  process.stdout.write(pageOf(outcome, { coloured }));
  process.exitCode = exitCodeOf(outcome);
} catch (error) {
  progress('');
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}

async function givenBy(options: Options): Promise<Given> {
  const { profile, region } = options;
  const named = options.api.map(apiAddress);
  const aws = profile || region ? await awsOf(profile, region) : undefined;
  const outputs = aws ? await outputsOf(aws, 'KeywrightControl') : {};
  const url = options.url ?? outputs.ManagementUrl;
  if (url === undefined || !/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Error(
      'Give --url, the management API without /v1, such as https://keys.example.com; or --profile, to find it.',
    );
  }
  const token = (options.tokenStdin ? await text(process.stdin) : (process.env.KEYWRIGHT_TOKEN ?? '')).trim();
  if (token === '') {
    throw new Error('Give your access token in KEYWRIGHT_TOKEN, or by --token-stdin on standard input.');
  }
  const isLocal = aws === undefined && (await showsAlarms(url));
  const signal = stopped();
  return {
    ...{ url, token, aws, isLocal, signal, progress },
    alarmTopic: outputs.AlarmTopicArn,
    brakeUrl: isLocal ? `${gatewayOf(url)}/keywright-brake/` : outputs.BrakeUrl,
    management: managementOf(url, token, signal),
    cleaner: managementOf(url, token),
    signing: isLocal ? LOCAL_SIGNING : aws,
    oauthToken: process.env.KEYWRIGHT_SMOKE_OAUTH_TOKEN || undefined,
    firstToken: process.env.KEYWRIGHT_FIRST_TOKEN || undefined,
    addresses: named.length > 0 ? named : await demo(url, isLocal, aws),
  };
}

/** Only the servers of `npm start` answer this, and only on this machine. */
async function showsAlarms(url: string): Promise<boolean> {
  const { origin, hostname } = new URL(url);
  if (!/^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)) return false;
  return (await call({ url: `${origin}/keywright-local/alarms` })).status === 200;
}

/** Where API Gateway listens beside the management API of `npm start`. */
function gatewayOf(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  return `${protocol}//${hostname}:${Number(port) + 2}`;
}

async function demo(url: string, isLocal: boolean, aws: Aws | undefined): Promise<ApiAddress[]> {
  if (isLocal) {
    return demoAddresses((name, environment) => `${gatewayOf(url)}/${name}/${environment}`);
  }
  if (aws === undefined) return [];
  const outputs = await outputsOf(aws, 'KeywrightDemo');
  return demoAddresses((name, environment) => outputs[`${titled(name)}${titled(environment)}Url`]);
}

/** Ends with the first Ctrl-C, after cleaning up; a second ends at once. */
function stopped(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(2);
      controller.abort();
    });
  }
  return controller.signal;
}

/** One line for whoever waits at a terminal, which the page then takes the place of. */
function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what === '' ? '' : `Asking: ${what} …`}`);
}

function collected(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function titled(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
