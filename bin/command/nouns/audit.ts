import type { Schemas } from '../../../client/keywright-client.ts';
import { EXIT, Exit, usage } from '../exit.ts';
import { type Column, cellOf, countOf, field, localTime } from '../format.ts';
import { printable } from '../output.ts';
import type { Run } from '../run.ts';
import { given, type Verb } from '../verb.ts';
import { verify } from './audit-verify.ts';
import { stopping } from './overlap.ts';

type AuditRecord = Schemas['AuditRecord'];

interface Tail {
  readonly items: readonly AuditRecord[];
  readonly nextCursor: string | null;
  readonly upToDate?: boolean;
}

const LONGEST_RANGE_MILLISECONDS = 31 * 86_400_000;
const TAIL_SECONDS = 2;
/** Twice what a tail repeats. */
const REPEATED_MILLISECONDS = 120_000;

const COLUMNS: readonly Column<AuditRecord>[] = [
  { name: 'time', of: ({ time }) => localTime(time) },
  field('type'),
  field('tenantId'),
  { name: 'actor', of: ({ actor }) => actor.name ?? actor.id },
  { name: 'subject', of: ({ subject }) => subject.id },
  { name: 'data', of: ({ data }) => dataInWords(data) },
];

/** The plain values of an event, in short. */
function dataInWords(data: AuditRecord['data']): string {
  const text = Object.entries(data)
    .filter(([, value]) => typeof value !== 'object' && value !== '')
    .map(([name, value]) => `${name}=${cellOf(value)}`)
    .join(' ');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

const FILTERS = [
  ['--type <type>', 'one type of event, such as apiKey.revoked'],
  ['--actor <id>', 'who did it'],
  ['--subject <id>', 'what it was done to'],
  ['--from <time>', 'inclusive, ISO 8601; 30 days before the end unless given'],
  ['--to <time>', 'exclusive, ISO 8601; now unless given'],
] as const;

function filterOf({ options }: Run) {
  const { tenant: tenantId, type, actor, subject } = options;
  return given({ tenantId, type, actor, subject });
}

async function list(run: Run): Promise<void> {
  const { from, to } = run.options;
  const query = { limit: 100, ...filterOf(run), ...given({ from, to }) };
  const records = run.api.items('/v1/audit', { params: { query } });
  await run.out.list(firstOf(records, run.options.limit ?? 100), COLUMNS, ({ id }) => id);
}

async function* firstOf<Item>(items: AsyncIterable<Item>, most: number): AsyncGenerator<Item> {
  let taken = 0;
  if (most === 0) return;
  for await (const item of items) {
    yield item;
    taken += 1;
    if (taken === most) return;
  }
}

/** New records as they come, oldest first, until Ctrl-C. */
async function tail(run: Run): Promise<void> {
  const stopped = stopping();
  const beginning = run.now().toISOString();
  const seen = new Map<string, string>();
  let shown = 0;
  let after: string = beginning;
  for (let isOver = false; !isOver; ) {
    const data: Tail = await recordsAfter(run, after);
    for (const record of data.items) {
      // At its end a tail begins again a minute back.
      if (record.time < beginning || seen.has(record.id)) continue;
      seen.set(record.id, record.time);
      shown += 1;
      show(run, record);
    }
    const forgotten = new Date(run.now().getTime() - REPEATED_MILLISECONDS).toISOString();
    for (const [id, time] of seen) if (time < forgotten) seen.delete(id);
    after = data.nextCursor ?? after;
    isOver = await stopped(data.upToDate === false ? 0 : TAIL_SECONDS);
  }
  run.out.note(`${countOf(shown, 'record')} since ${localTime(beginning)}`);
}

async function recordsAfter(run: Run, after: string): Promise<Tail> {
  const query = { limit: 100, ...filterOf(run), after };
  return (await run.api.GET('/v1/audit', { params: { query } })).data;
}

function show({ out }: Run, record: AuditRecord): void {
  const texts = COLUMNS.map(({ of }) => printable(String(of(record) ?? '–')));
  if (out.options.quiet) out.line(record.id);
  else if (out.isJson) out.line(JSON.stringify(record));
  else out.line(texts.join(out.isTerminal ? '  ' : '\t'));
}

/** Longer ranges than one request may have are taken apart, newest first. */
async function exportLog(run: Run): Promise<void> {
  for (const range of rangesOf(run.options.from, run.options.to)) {
    let cursor: string | undefined;
    do {
      const query = { ...filterOf(run), ...range, ...given({ cursor }) };
      const { data, response } = await run.api.GET('/v1/audit/export', {
        params: { query },
        parseAs: 'text',
      });
      process.stdout.write(data);
      cursor = nextCursor(response);
    } while (cursor !== undefined);
  }
}

function nextCursor({ headers }: Response): string | undefined {
  const next = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
  return next === undefined
    ? undefined
    : (new URL(next, 'http://localhost').searchParams.get('cursor') ?? undefined);
}

function rangesOf(from: string | undefined, to: string | undefined): { from?: string; to?: string }[] {
  if (from === undefined) return [{ ...(to !== undefined && { to }) }];
  const first = timeOf(from, '--from');
  const ranges: { from: string; to: string }[] = [];
  let end = to === undefined ? Date.now() + 1 : timeOf(to, '--to');
  while (end > first) {
    const start = Math.max(first, end - LONGEST_RANGE_MILLISECONDS);
    ranges.push({ from: new Date(start).toISOString(), to: new Date(end).toISOString() });
    end = start;
  }
  return ranges;
}

function timeOf(text: string, option: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw usage(`${option} is ${JSON.stringify(text)}; expected an ISO 8601 time`);
  return time;
}

export const verbs: readonly Verb[] = [
  {
    name: 'list',
    about: 'list what happened, newest first',
    options: [...FILTERS, ['--limit <number>', 'how many; 100 unless given']],
    run: list,
  },
  {
    name: 'tail',
    about: 'show what happens from now on, until Ctrl-C',
    options: FILTERS.slice(0, 3),
    run: tail,
  },
  {
    name: 'export',
    about: 'write the audit log as lines of JSON, newest first',
    options: FILTERS,
    run: exportLog,
  },
  {
    name: 'verify',
    about: 'check that a tenant’s audit log, or that of no tenant, is as it was written',
    options: [
      ['--head <seq:hash>', 'a head that you noted, beside the signed ones, which are found without it'],
      ['--complete', 'look, too, for changes of which the log has no event'],
    ],
    run: async (run) => {
      const code = await verify(run);
      if (code !== EXIT.done) throw new Exit(code);
    },
  },
];
