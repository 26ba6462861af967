import { StartError } from '../emulator/start-error.ts';
import { storageCauseOf, storageFault } from '../emulator/storage-fault.ts';
import { banner } from './banner.ts';
import { asksForHelp, HELP } from './help.ts';
import { signAccessToken } from './identity/access-token.ts';
import { readMachine } from './identity/machine.ts';
import { readPeople } from './identity/people.ts';
import { readSigningKeys } from './identity/signing-keys.ts';
import { type Runtime, startRuntime } from './runtime.ts';
import { seedDemo } from './seed.ts';
import { readSettings, type Settings } from './settings.ts';

/** Stopping may take this long; whatever is acknowledged is on disk before. */
const LONGEST_STOP_MILLISECONDS = 700;

// Keys, people and peppers lie in the data folder: whatever is written is for its owner alone.
process.umask(0o077);

let runtime: Runtime | undefined;
let stopping = false;

if (asksForHelp(process.argv.slice(2))) {
  console.log(HELP);
  process.exit(0);
}

process.on('SIGINT', stop).on('SIGTERM', stop);
process.on('uncaughtException', fail).on('unhandledRejection', fail);

try {
  const settings = readSettings(process.env, process.argv.slice(2));
  runtime = await startRuntime(settings, () => new Date());
  const demo = await seedDemo({
    dataDir: settings.dataDir,
    managementUrl: runtime.urls.management,
    gatewayUrl: runtime.urls.gateway,
    issuer: settings.issuer,
    vendor: runtime.vendor,
    token: () => adminToken(settings),
  });
  await greetPeople(settings, runtime.urls.management);
  const machine = readMachine(settings.dataDir);
  if (machine === undefined) throw new StartError(`${settings.dataDir} has lost identity/machine.json.`);
  console.log(banner(settings, demo, machine, process.uptime()));
} catch (error) {
  if (!stopping) fail(error);
}

async function adminToken({ dataDir, issuer }: Settings): Promise<string> {
  const person = readPeople(dataDir)?.find(({ role, tenants }) => role === 'admin' && tenants.includes('*'));
  const keys = readSigningKeys(dataDir);
  if (person === undefined || keys === undefined) throw new StartError(`${dataDir} has lost its people.`);
  return signAccessToken({ person, keys, issuer, now: new Date() });
}

/** Reads who each of them is, as the portal does when they sign in: from then on they are told by mail. */
async function greetPeople({ dataDir, issuer }: Settings, managementUrl: string): Promise<void> {
  const keys = readSigningKeys(dataDir);
  if (keys === undefined) throw new StartError(`${dataDir} has lost its keys.`);
  for (const person of readPeople(dataDir) ?? []) {
    const token = await signAccessToken({ person, keys, issuer, now: new Date() });
    await fetch(`${managementUrl}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  }
}

/** Ends at once, and orderly where that takes no time. */
function stop(): void {
  if (stopping) process.exit(0);
  stopping = true;
  setTimeout(() => process.exit(0), LONGEST_STOP_MILLISECONDS);
  void (runtime?.close() ?? Promise.resolve()).finally(() => process.exit(0));
}

/** One sentence for what stops the server; with DEBUG a stack as well, where the fault may be ours. */
function fail(thrown: unknown): never {
  const error = explained(thrown);
  if (error instanceof StartError) {
    console.error(error.message);
  } else {
    const [problem] = String(error instanceof Error ? error.message : error).split('\n');
    console.error(`Keywright has stopped: ${problem} (DEBUG=1 shows where)`);
    if (process.env.DEBUG) console.error(error);
  }
  process.exit(1);
}

/** What a disk that is full or can't be used has stopped, wherever that was noticed. */
function explained(error: unknown): unknown {
  const dataDir = process.env.KEYWRIGHT_DATA_DIR || '.keywright';
  const cause = error instanceof StartError ? undefined : storageCauseOf(error);
  // Who may not open a port gets EACCES too.
  const isOfStorage = cause === 'full' || cause === 'readOnly' || cause === 'disk';
  return isOfStorage ? storageFault(`The data folder ${dataDir}`, error, dataDir) : error;
}
