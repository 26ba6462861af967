import { isWaiting, type Schemas } from '../../../client/keywright-client.ts';
import { usage } from '../exit.ts';
import { ago, type Column, cellOf, field, listOf, secondsOf, time, wasUsed } from '../format.ts';
import type { Run } from '../run.ts';
import { secretPlace } from '../secret-place.ts';
import { given, SECRET_OPTIONS, type Verb } from '../verb.ts';
import { keyNamed } from './key-named.ts';
import { tellSecret } from './key-secret.ts';
import { inspect, pattern } from './key-texts.ts';
import { overlap } from './overlap.ts';
import { receipt, tellStop } from './receipt.ts';

type Key = Schemas['Key'];

const KEY = ['<key>', 'its id or its name'] as const;
const REASON = ['--reason <text>', 'shown with the key, and kept in the audit log'] as const;
const ONE = '/v1/tenants/{tenantId}/keys/{keyId}';
const ALL = '/v1/tenants/{tenantId}/keys';
const LONGEST_OVERLAP = '30d';

const COLUMNS: readonly Column<Key>[] = [
  field('keyId'),
  field('name'),
  field('environment'),
  field('type'),
  field('role'),
  field('status'),
  time('expiresAt', ({ expiresAt }) => expiresAt),
  { name: 'lastUsed', of: ({ lastUsedAt }) => ago(lastUsedAt, new Date()) },
  { name: 'hints', of: ({ secrets }) => secrets.map(({ hint }) => `…${hint}`).join(' ') },
];
const FIELDS: readonly Column<Key>[] = [
  ...COLUMNS,
  { name: 'permissions', of: ({ permissions }) => permissions?.join(' ') ?? 'all of the role’s' },
  field('allowedCidrs'),
  field('allowedOrigins'),
  {
    name: 'rateLimits',
    of: ({ rateLimits }) => rateLimits.map((each) => `${each.limit}/${each.windowSeconds}s`).join(' '),
  },
  {
    name: 'metadata',
    of: ({ metadata }) =>
      Object.entries(metadata)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
  },
  time('createdAt', ({ createdAt }) => createdAt),
  field('createdBy'),
  { name: 'secrets', of: ({ secrets }) => secrets.map(secretInWords).join(', ') },
  {
    name: 'disabled',
    of: ({ disabledAt, disabledBy, disabledByName }) => stopInWords(disabledAt, disabledByName ?? disabledBy),
  },
  {
    name: 'revoked',
    of: ({ revokedAt, revokedBy, revokedByName }) => stopInWords(revokedAt, revokedByName ?? revokedBy),
  },
  field('reason'),
];

function stopInWords(at: string | null, by: string | null): string | null {
  return at && `${cellOf(at)} by ${by}`;
}

function secretInWords({ hint, expiresAt, lastUsedAt }: Key['secrets'][number]): string {
  return `…${hint} ${lastUsedAt === null ? 'never used' : `used ${ago(lastUsedAt, new Date())}`}${expiresAt === null ? '' : `, ends ${cellOf(expiresAt)}`}`;
}

const RESTRICTIONS = [
  ['--permissions <list>', 'narrows the role’s, such as orders:read,invoices:*; none for all of the role’s'],
  ['--expires <time>', 'ISO 8601, a time from now such as 90d, or never'],
  ['--cidrs <list>', 'networks that it may be used from'],
  ['--origins <list>', 'browser origins that it may be used from'],
  ['--rate-limits <list>', 'such as 100/60s,5000/1d'],
  ['--metadata <pairs>', 'such as team=web,ticket=OPS-7; replaced whole'],
] as const;

function restrictions({ options, now }: Run) {
  return given({
    permissions: options.permissions === 'none' ? null : listOf(options.permissions),
    expiresAt: expiryOf(options.expires, now()),
    allowedCidrs: listOf(options.cidrs),
    allowedOrigins: listOf(options.origins),
    rateLimits: listOf(options.rateLimits)?.map(rateLimitOf),
    metadata:
      options.metadata === undefined
        ? undefined
        : Object.fromEntries((listOf(options.metadata) ?? []).map(pairOf)),
  });
}

function expiryOf(text: string | undefined, now: Date): string | null | undefined {
  if (text === undefined) return undefined;
  if (text === 'never') return null;
  if (/^\d+$/.test(text))
    throw usage(
      `--expires: ${text} has no unit; expected ${text}d, ${text}h, ${text}m or ${text}s, or an ISO 8601 time`,
    );
  const seconds = secondsOf(text);
  return seconds === undefined ? text : new Date(now.getTime() + seconds * 1000).toISOString();
}

function rateLimitOf(text: string): { limit: number; windowSeconds: number } {
  const [limit = '', window = ''] = text.split('/');
  const windowSeconds = secondsOf(window);
  if (/^\d+$/.test(limit) && windowSeconds !== undefined) return { limit: Number(limit), windowSeconds };
  throw usage(
    `--rate-limits: ${JSON.stringify(text)} is none; expected requests and a window, such as 100/60s`,
  );
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw usage(`--metadata: ${JSON.stringify(text)} is no pair; expected name=value`);
}

async function list(run: Run): Promise<void> {
  const { status, environment, type, role, unusedSinceDays, inOverlap } = run.options;
  const query = given({ status, environment, type, role, unusedSinceDays, inOverlap });
  const path = { tenantId: await run.tenant() };
  const keys = run.api.items(ALL, { params: { path, query: { limit: 100, ...query } } });
  await run.out.list(keys, COLUMNS, ({ keyId }) => keyId, 'No keys. keywright keys create makes one.');
}

async function get(run: Run): Promise<void> {
  const { data } = await run.api.GET(ONE, { params: { path: await keyNamed(run, run.arg(0)) } });
  run.out.item(data, data.keyId, FIELDS as readonly Column<never>[]);
}

async function create(run: Run): Promise<void> {
  const place = await secretPlace(run);
  const { name, type, environment, role } = run.options;
  const body = { name, type, environment, role, ...restrictions(run) };
  const header = given({ 'Idempotency-Key': run.options.idempotencyKey });
  const path = { tenantId: await run.tenant() };
  const { data } = await run.api.POST(ALL, { params: { path, header }, body });
  await tellSecret(run, data, place, { what: 'Created', secret: 'Secret' });
}

async function rotate(run: Run): Promise<void> {
  const place = await secretPlace(run);
  const path = await keyNamed(run, run.arg(0));
  const body = overlapOf(run);
  const { data } = await run.api.POST(`${ONE}/rotate`, { params: { path }, body });
  const quiet = 'overlap' in body ? body.overlap.untilQuietSeconds : undefined;
  await tellSecret(run, data, place, { what: 'Rotated', secret: 'New secret', quiet });
}

/** How long the old secret is to work: for a time, or until it is silent. */
function overlapOf({ options: { overlap, untilQuiet, atMost } }: Run) {
  const seconds = (text: string, option: string) => {
    const found = secondsOf(text);
    if (found !== undefined) return found;
    throw usage(`${option}: ${JSON.stringify(text)} is no duration, such as 24h, 7d or 0`);
  };
  if (untilQuiet === undefined && atMost !== undefined) throw usage('--at-most goes with --until-quiet');
  if (untilQuiet === undefined)
    return given({ overlapSeconds: overlap === undefined ? undefined : seconds(overlap, '--overlap') });
  if (overlap !== undefined) throw usage('Give --overlap or --until-quiet, not both');
  const untilQuietSeconds = seconds(untilQuiet, '--until-quiet');
  return { overlap: { untilQuietSeconds, atMostSeconds: seconds(atMost ?? LONGEST_OVERLAP, '--at-most') } };
}

async function update(run: Run): Promise<void> {
  const path = await keyNamed(run, run.arg(0));
  const { name, role } = run.options;
  const { data } = await run.api.PATCH(ONE, {
    params: { path },
    body: { ...given({ name, role }), ...restrictions(run) },
  });
  told(run, data, 'Changed');
}

export function told(run: Run, data: object, what: string): void {
  if (isWaiting(data)) run.waits(data.approval);
  const key = data as Key;
  if (run.out.isTerminal && !run.out.isJson && !run.options.quiet)
    run.out.done(`${what} ${key.keyId} (${key.name}).`);
  else run.out.item(key, key.keyId, COLUMNS as readonly Column<never>[]);
}

function changing(verb: 'enable' | 'end-overlap', what: string) {
  return async (run: Run) => {
    const path = await keyNamed(run, run.arg(0));
    const { data } = await run.api.POST(`${ONE}/${verb}`, { params: { path }, body: {} });
    told(run, data, what);
  };
}

async function disable(run: Run): Promise<void> {
  const path = await keyNamed(run, run.arg(0));
  const body = given({ reason: run.options.reason });
  const { data } = await run.api.POST(`${ONE}/disable`, { params: { path }, body });
  told(run, data, 'Disabled');
  await tellStop(run, path);
}

async function endOverlap(run: Run): Promise<void> {
  const path = await keyNamed(run, run.arg(0));
  const { data: key } = await run.api.GET(ONE, { params: { path } });
  const used = key.secrets[1]?.lastUsedAt;
  if (used) await run.confirm(`The old secret was used ${ago(used, run.now())}.`, key.name);
  await changing('end-overlap', 'Ended the overlap of')(run);
}

async function revoke(run: Run): Promise<void> {
  const path = await keyNamed(run, run.arg(0));
  const { data: key } = await run.api.GET(ONE, { params: { path } });
  await run.confirm(
    `This ends ${key.name} (${key.keyId}) for good; it ${wasUsed(key.lastUsedAt, run.now())}.`,
    key.name,
  );
  const body = given({ reason: run.options.reason });
  const { data } = await run.api.POST(`${ONE}/revoke`, { params: { path }, body });
  if (isWaiting(data) && key.status === 'active') await offerToDisable(run, path, key);
  told(run, data, 'Revoked');
  await tellStop(run, path);
}

/** A brake never waits. */
async function offerToDisable(run: Run, path: { tenantId: string; keyId: string }, key: Key): Promise<void> {
  run.out.note(`Live keys of ${key.tenantId} need a second admin.`);
  if (!run.mayAsk) return;
  const { confirm } = await import('@clack/prompts');
  if ((await confirm({ message: 'Disable it now meanwhile?' })) !== true) return;
  await run.api.POST(`${ONE}/disable`, { params: { path }, body: {} });
  run.out.done(`Disabled ${key.keyId}; it is refused everywhere within 5 seconds.`);
  await tellStop(run, path);
}

export const verbs: readonly Verb[] = [
  {
    name: 'list',
    about: 'list a tenant’s keys, newest first',
    options: [
      ['--status <status>', 'active, disabled, revoked or expired'],
      ['--environment <environment>', 'sandbox or live'],
      ['--type <type>', 'publishable or secret'],
      ['--role <role>', 'with this role'],
      ['--unused-since-days <days>', 'not used in so many days'],
      ['--in-overlap <true|false>', 'whether an older secret still works'],
    ],
    run: list,
  },
  { name: 'get', about: 'show a key', args: [KEY], run: get },
  {
    name: 'create',
    about: 'create a key; its secret is shown this once',
    options: [
      ['--name <name>', 'what people call it (required)'],
      ['--type <type>', 'publishable or secret (required)'],
      ['--environment <environment>', 'sandbox or live (required)'],
      ['--role <role>', 'the tenant’s role that it gets (required)'],
      ...RESTRICTIONS,
      ['--idempotency-key <text>', 'the same again makes no second key'],
      ...SECRET_OPTIONS,
    ],
    run: create,
  },
  {
    name: 'update',
    about: 'change a key’s name, role or restrictions',
    args: [KEY],
    options: [['--name <name>', 'a new name'], ['--role <role>', 'another role'], ...RESTRICTIONS],
    run: update,
  },
  {
    name: 'rotate',
    about: 'replace a key’s secret; the old one works until the overlap ends',
    args: [KEY],
    options: [
      ['--overlap <duration>', 'such as 6h, 7d or 0; 24h unless given'],
      ['--until-quiet <duration>', 'the old secret ends once it was silent for so long'],
      [
        '--at-most <duration>',
        `with --until-quiet, and ends then in any case; ${LONGEST_OVERLAP} unless given`,
      ],
      ...SECRET_OPTIONS,
    ],
    run: rotate,
  },
  {
    name: 'overlap',
    about: 'show who still uses the old secret',
    args: [KEY],
    options: [['--watch [seconds]', 'again and again, until Ctrl-C']],
    run: overlap,
  },
  { name: 'end-overlap', about: 'end the old secret now', args: [KEY], run: endOverlap },
  {
    name: 'disable',
    about: 'refuse a key until it is enabled',
    args: [KEY],
    options: [REASON],
    run: disable,
  },
  {
    name: 'receipt',
    about: 'show the last admitted and the first refused call of a key that was disabled or revoked',
    args: [KEY],
    options: [['--watch [seconds]', 'again and again, until a call was refused or Ctrl-C']],
    run: receipt,
  },
  { name: 'enable', about: 'enable a disabled key', args: [KEY], run: changing('enable', 'Enabled') },
  {
    name: 'revoke',
    about: 'end a key for good',
    args: [KEY],
    options: [REASON],
    run: revoke,
  },
  {
    name: 'import',
    about: 'bring keys that were issued elsewhere; goes on where it was stopped',
    args: [['<file>', 'CSV, or JSON Lines; - for standard input']],
    options: [
      ['--format <format>', 'csv or jsonl; by the file’s name unless given'],
      ['--batch <rows>', 'how many are sent at a time; 10000 unless given'],
      ['--dry-run', 'only look at the rows'],
    ],
    run: async (run) => (await import('./import.ts')).importKeys(run),
  },
  {
    name: 'inspect',
    about: 'say, offline, whether a text is a key, and what its type, environment and id are',
    args: [['[key]', '- or nothing reads it from standard input']],
    options: [['--vendor <name>', 'the operator’s prefix, without its underscore']],
    run: inspect,
  },
  {
    name: 'pattern',
    about: 'print the regular expressions (RE2) by which scanners of secrets find keys',
    options: [['--vendor <name>', 'the operator’s prefix, without its underscore']],
    run: pattern,
  },
];
