import { setTimeout as wait } from 'node:timers/promises';
import type { paths } from '../../../client/keywright-client.ts';
import { countedInWords, senderInWords } from '../../../core/contract/usage-names.ts';
import { ago, type Column, count, localTime } from '../format.ts';
import { printable } from '../output.ts';
import type { Run } from '../run.ts';
import { keyNamed } from './key-named.ts';

type Route = paths['/v1/tenants/{tenantId}/keys/{keyId}/overlap']['get'];
type Overlap = Route['responses'][200]['content']['application/json'];
type Secret = NonNullable<Overlap['old']>;

const COLUMNS: readonly Column<Secret & { which: string }>[] = [
  { name: 'secret', of: ({ which, hint }) => `${which} …${hint}` },
  { name: 'lastUsed', of: ({ lastUsedAt }) => ago(lastUsedAt, new Date()) },
  { name: '5 min', of: ({ recent }) => count(recent.at(-1)?.requests ?? 0), align: 'right' },
  { name: '24 h', of: ({ requests24h }) => count(requests24h), align: 'right' },
  { name: 'from', of: ({ networks }) => severalOf(networks.map(countedInWords)) },
  { name: 'routes', of: ({ routes }) => severalOf(routes.map(countedInWords)) },
  { name: 'ends', of: ({ expiresAt }) => localTime(expiresAt) },
];

/** The most frequent one, and how many more there are. */
function severalOf(texts: readonly string[]): string {
  const [first = '', ...others] = texts;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

/** What the two secrets of a key tell about whether the old one can be ended. */
export function verdictInWords({
  verdict,
  old,
}: Pick<Overlap, 'verdict'> & { old: Pick<Secret, 'networks'> | null }): string {
  if (old === null || verdict === null) return 'No overlap: there is one secret.';
  if (verdict === 'never_used') return 'No use of the old secret is known. Safe to end.';
  if (verdict === 'quiet') return 'Quiet: the old secret is not used any more. Safe to end.';
  const [first, ...others] = old.networks;
  const who = severalOf([senderInWords(first), ...others]);
  return `In use: ${who} still ${old.networks.length > 1 ? 'send' : 'sends'} the old secret. Not safe to end.`;
}

/** Shows who uses the secrets of a key, once or until Ctrl-C. */
export async function overlap(run: Run): Promise<void> {
  const path = await keyNamed(run, run.arg(0));
  const seconds = watchSeconds(run.options.watch);
  const head = seconds !== undefined && run.out.isTerminal && !run.out.isJson ? await headOf(run, path) : '';
  const stopped = stopping();
  const since = run.now();
  for (;;) {
    const { data } = await run.api.GET('/v1/tenants/{tenantId}/keys/{keyId}/overlap', { params: { path } });
    if (head !== '') run.out.line(`\u001b[2J\u001b[H${head}`);
    await show(run, data, path.keyId);
    if (seconds === undefined) return;
    if (await stopped(seconds)) return run.out.note(watchedInWords(data, since, run.now()));
  }
}

/** What was seen of the old secret while it was watched, and what follows. */
export function watchedInWords(
  data: Pick<Overlap, 'verdict'> & { old: Pick<Secret, 'networks' | 'lastUsedAt' | 'hint'> | null },
  since: Date,
  now: Date,
): string {
  const watched = `Watched since ${localTime(since.toISOString())}`;
  const { old } = data;
  if (old === null) return `${watched}. ${verdictInWords(data)}`;
  const isSeen = old.lastUsedAt !== null && Date.parse(old.lastUsedAt) >= since.getTime();
  const use = isSeen ? `used meanwhile, last ${ago(old.lastUsedAt, now)}` : 'not seen';
  return `${watched}: old …${old.hint} was ${use}. ${verdictInWords(data)}`;
}

/** Which key is watched: `CI deploy   key_jy8U8V0Qpt5b   live`. */
async function headOf({ api }: Run, path: { tenantId: string; keyId: string }): Promise<string> {
  const { data } = await api.GET('/v1/tenants/{tenantId}/keys/{keyId}', { params: { path } });
  return printable(`${data.name}   ${data.keyId}   ${data.environment}`);
}

async function show(run: Run, data: Overlap, keyId: string): Promise<void> {
  if (run.out.isJson) return run.out.item(data, keyId);
  const named = [
    ['new', data.new],
    ['old', data.old],
  ] as const;
  const secrets = named.flatMap(([which, secret]) => (secret === null ? [] : [{ which, ...secret }]));
  await run.out.list(secrets, COLUMNS, ({ hint }) => hint);
  run.out.note(verdictInWords(data));
}

/** How long from one look to the next; undefined for a single one. */
export function watchSeconds(watch: number | true | undefined): number | undefined {
  return watch === true ? 5 : watch;
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
