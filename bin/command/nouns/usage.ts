import type { Schemas } from '../../../client/keywright-client.ts';
import { type Column, count, field, localTime } from '../format.ts';
import type { Run } from '../run.ts';
import { given, type Verb } from '../verb.ts';
import { keyNamed } from './key-named.ts';
import { stopping, watchSeconds } from './overlap.ts';

type Group = Schemas['Usage']['groups'][number];

const number = (name: keyof Group & string): Column<Group> => ({
  name,
  of: (group) => (group[name] === null ? null : count(Number(group[name]))),
  align: 'right',
});
const COLUMNS: readonly Column<Group>[] = [
  { name: 'group', of: ({ group }) => (/^\d{4}-\d\d-\d\dT/.test(group) ? localTime(group) : group) },
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
  ['--from <time>', 'inclusive, ISO 8601'],
  ['--to <time>', 'exclusive, ISO 8601; now unless given'],
] as const;
const TOP = 10;

async function groupsOf(run: Run, groupBy: string): Promise<Schemas['Usage']> {
  const { key, from, to } = run.options;
  const { tenantId, keyId } =
    key === undefined
      ? { tenantId: await run.tenant() }
      : ((await keyNamed(run, key)) as { tenantId: string; keyId?: string });
  const query = { tenantId, groupBy: groupBy as never, ...given({ keyId, from, to }) };
  // CSV is what nobody asked for.
  return (await run.api.GET('/v1/usage', { params: { query } })).data as Schemas['Usage'];
}

async function show(run: Run): Promise<void> {
  const usage = await groupsOf(run, run.options.by ?? 'day');
  if (run.out.options.json) return run.out.item(usage, usage.tenantId ?? '');
  await run.out.list(usage.groups, COLUMNS, ({ group }) => group, 'No requests in this time.');
}

/** What was called most, once or until Ctrl-C. */
async function top(run: Run): Promise<void> {
  const seconds = watchSeconds(run.options.watch);
  const stopped = stopping();
  for (;;) {
    const { groups, from } = await groupsOf(run, run.options.by ?? 'route');
    const first = [...groups]
      .sort((a, b) => b.requests - a.requests)
      .slice(0, Number(run.options.limit ?? TOP));
    if (seconds !== undefined && run.out.isTerminal)
      run.out.line(`\u001b[2J\u001b[Hsince ${localTime(from)}`);
    await run.out.list(first, COLUMNS, ({ group }) => group, 'No requests in this time.');
    if (seconds === undefined || (await stopped(seconds))) {
      if (seconds !== undefined)
        run.out.note(
          `${count(groups.reduce((sum, { requests }) => sum + requests, 0))} requests since ${localTime(from)}`,
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
