import type { Schemas } from '../../../client/keywright-client.ts';
import { countedInWords } from '../../../core/contract/usage-names.ts';
import { usage } from '../exit.ts';
import { type Column, count, countOf, field, localTime } from '../format.ts';
import type { Run } from '../run.ts';
import { given, type Verb } from '../verb.ts';
import { keyNamed } from './key-named.ts';
import { stopping, watchSeconds } from './overlap.ts';

type Usage = Schemas['Usage'];
type Group = Usage['groups'][number];

const number = (name: keyof Group & string): Column<Group> => ({
  name,
  of: (group) => (group[name] === null ? null : count(Number(group[name]))),
  align: 'right',
});
const COLUMNS: readonly Column<Group>[] = [
  {
    name: 'group',
    of: ({ group }) => (/^\d{4}-\d\d-\d\dT/.test(group) ? localTime(group) : countedInWords(group)),
  },
  field('environment'),
  field('keyType'),
  number('requests'),
  number('clientErrors'),
  number('serverErrors'),
  number('p50Milliseconds'),
  number('p99Milliseconds'),
];
const OPTIONS = [
  ['--key <key>', 'of one key, by id or name'],
  ['--product <product>', 'of the subscriptions to a product'],
  ['--api <api>', 'of an API: by hour, day or api'],
  ['--all', 'of all tenants together, for who acts for all of them'],
  ['--from <time>', 'inclusive, ISO 8601'],
  ['--to <time>', 'exclusive, ISO 8601; now unless given'],
] as const;
const TOP = 10;

/** All of it: of many tenants or subscriptions each answer sums up a part. */
async function groupsOf(run: Run, groupBy: string): Promise<Usage> {
  const { from, to, product: productId, api: apiId } = run.options;
  const query = {
    ...(await whose(run)),
    groupBy: groupBy as never,
    ...given({ productId, apiId, from, to }),
  };
  let sum: Usage | undefined;
  let cursor: string | undefined;
  do {
    const params = { query: { ...query, ...given({ cursor }) } };
    // CSV is what nobody asked for.
    const part = (await run.api.GET('/v1/usage', { params })).data as Usage;
    sum = sum === undefined ? part : together(sum, part);
    cursor = part.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return sum;
}

async function whose(run: Run): Promise<{ tenantId?: string; keyId?: string }> {
  const { key, all } = run.options;
  if (all && key !== undefined) throw usage('--all is of all keys; leave --key out');
  if (all) return {};
  if (key === undefined) return { tenantId: await run.tenant() };
  const { tenantId, keyId } = (await keyNamed(run, key)) as { tenantId: string; keyId?: string };
  return { tenantId, ...given({ keyId }) };
}

function together(a: Usage, b: Usage): Usage {
  const groups = new Map<string, Group>();
  for (const group of [...a.groups, ...b.groups]) {
    const id = JSON.stringify([group.group, group.subgroup, group.environment, group.keyType]);
    const before = groups.get(id);
    groups.set(id, before === undefined ? group : { ...group, ...sums(before, group), ...NOT_SUMMED });
  }
  return { ...b, total: { ...b.total, ...sums(a.total, b.total) }, groups: [...groups.values()] };
}

/** How slow the slowest of several parts are follows from none of them. */
const NOT_SUMMED = { p50Milliseconds: null, p99Milliseconds: null };

type Counts = Pick<Group, 'requests' | 'clientErrors' | 'serverErrors'>;

function sums(a: Counts, b: Counts): Counts {
  const sum = (one: number | null, other: number | null) =>
    one === null || other === null ? null : one + other;
  return {
    requests: a.requests + b.requests,
    clientErrors: sum(a.clientErrors, b.clientErrors),
    serverErrors: sum(a.serverErrors, b.serverErrors),
  };
}

async function show(run: Run): Promise<void> {
  const shown = await groupsOf(run, run.options.by ?? 'day');
  if (run.out.options.json) return run.out.item(shown, shown.tenantId ?? '');
  await run.out.list(shown.groups, COLUMNS, ({ group }) => group, 'No requests in this time.');
}

/** What was called most, once or until Ctrl-C. */
async function top(run: Run): Promise<void> {
  const seconds = watchSeconds(run.options.watch);
  const stopped = stopping();
  for (;;) {
    const { groups, from } = await groupsOf(run, run.options.by ?? 'route');
    const first = [...groups].sort((a, b) => b.requests - a.requests).slice(0, run.options.limit ?? TOP);
    if (seconds !== undefined && run.out.isTerminal)
      run.out.line(`\u001b[2J\u001b[Hsince ${localTime(from)}`);
    await run.out.list(first, COLUMNS, ({ group }) => group, 'No requests in this time.');
    if (seconds === undefined || (await stopped(seconds))) {
      if (seconds !== undefined)
        run.out.note(
          `${countOf(
            groups.reduce((sum, { requests }) => sum + requests, 0),
            'request',
          )} since ${localTime(from)}`,
        );
      return;
    }
  }
}

export const verbs: readonly Verb[] = [
  {
    name: 'show',
    about: 'show what was called, by hour, day, route, status, country, cause, key, product or api',
    options: [['--by <group>', 'day unless given'], ...OPTIONS],
    run: show,
  },
  {
    name: 'top',
    about: 'show what was called most',
    options: [
      ['--by <group>', 'route unless given'],
      ['--limit <number>', `how many; ${TOP} unless given`],
      ['--watch [seconds]', 'again and again, until Ctrl-C'],
      ...OPTIONS,
    ],
    run: top,
  },
];
