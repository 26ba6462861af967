import { setTimeout as wait } from 'node:timers/promises';
import type { Schemas } from '../../../client/keywright-client.ts';
import { usage } from '../exit.ts';
import { ago, type Column, localTime } from '../format.ts';
import type { Run } from '../run.ts';
import { keyNamed } from './keys.ts';

type Secret = Schemas['Key']['secrets'][number];

/** A secret that was used this recently is taken to be in use. */
const QUIET_MILLISECONDS = 24 * 3_600_000;

const COLUMNS: readonly Column<Secret & { which: string }>[] = [
  { name: 'secret', of: ({ which, hint }) => `${which} …${hint}` },
  { name: 'lastUsed', of: ({ lastUsedAt }) => ago(lastUsedAt, new Date()) },
  {
    name: 'ends',
    of: ({ expiresAt }) => (expiresAt === null ? 'no' : localTime(expiresAt)),
  },
];

/** What the two secrets of a key tell about whether the old one can be ended. */
export function verdictOf(secrets: readonly Secret[], now: Date): 'none' | 'never_used' | 'quiet' | 'in_use' {
  const [, old] = secrets;
  if (old === undefined) return 'none';
  if (old.lastUsedAt === null) return 'never_used';
  return now.getTime() - Date.parse(old.lastUsedAt) < QUIET_MILLISECONDS ? 'in_use' : 'quiet';
}

const IN_WORDS = {
  none: 'No overlap: there is one secret.',
  never_used: 'The old secret was not used since uses are counted. Safe to end.',
  quiet: 'Quiet: the old secret was not used for a day. Safe to end.',
  in_use: 'In use: the old secret was used within a day. Not safe to end.',
};

/** Shows the secrets of a key once, or until Ctrl-C. */
export async function overlap(run: Run): Promise<void> {
  const path = await keyNamed(run, run.arg(0));
  const seconds = watchSeconds(run.options.watch);
  const stopped = stopping();
  for (;;) {
    const { data: key } = await run.api.GET('/v1/tenants/{tenantId}/keys/{keyId}', { params: { path } });
    const verdict = verdictOf(key.secrets, run.now());
    const secrets = key.secrets.map((secret, index) => ({ ...secret, which: index === 0 ? 'new' : 'old' }));
    if (seconds !== undefined && run.out.isTerminal)
      run.out.line(`\u001b[2J\u001b[H${key.name}   ${key.keyId}   ${key.environment}`);
    if (run.out.isJson) run.out.item({ keyId: key.keyId, verdict, secrets }, key.keyId);
    else await run.out.list(secrets, COLUMNS, ({ hint }) => hint);
    if (!run.out.isJson) run.out.note(IN_WORDS[verdict]);
    if (seconds === undefined || (await stopped(seconds))) return;
  }
}

/** @throws Exit for what is no number of seconds from 1 to 3600 */
export function watchSeconds(watch: string | boolean | undefined): number | undefined {
  if (watch === undefined || watch === false) return undefined;
  const seconds = watch === true ? 5 : Number(watch);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 3600) return seconds;
  throw usage(`--watch: ${JSON.stringify(watch)} is no number of seconds from 1 to 3600`);
}

/** Waits; true once Ctrl-C was pressed, which then ends what is watched and not the command. */
export function stopping(): (seconds: number) => Promise<boolean> {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return async (seconds) => {
    await wait(seconds * 1000, undefined, { signal: controller.signal }).catch(() => undefined);
    return controller.signal.aborted;
  };
}
