import type { paths } from '../../../client/keywright-client.ts';
import { readDocument } from '../body.ts';
import { EXIT, Exit, usage } from '../exit.ts';
import { type Column, count, countOf, field } from '../format.ts';
import type { Run } from '../run.ts';
import { apiNamed } from './api-named.ts';

const PATH = '/v1/apis/{apiId}/dry-run';
type Route = paths[typeof PATH]['post'];
type Body = Route['requestBody']['content']['application/json'];
type Tried = Route['responses'][200]['content']['application/json'];

const COLUMNS: readonly Column<Tried['uses'][number] & { tenantId: string | undefined }>[] = [
  field('tenantId'),
  field('keyId'),
  field('route'),
  field('network'),
  { name: 'requests', of: ({ requests }) => count(requests), align: 'right' },
];

/** Which calls of the last seven days a file's route table would have refused. Ends with 1 where there are some. */
export async function tryRoutes(run: Run): Promise<void> {
  const body = { routes: routesIn(run.arg(1)) };
  const path = { apiId: await apiNamed(run, run.arg(0)) };
  const { data } = await run.api.POST(PATH, { params: { path }, body });
  const tenantOf = new Map(data.keys.map(({ keyId, tenantId }) => [keyId, tenantId]));
  if (run.out.isJson) run.out.item(data, path.apiId);
  else {
    const uses = data.uses.map((use) => ({ ...use, tenantId: tenantOf.get(use.keyId) }));
    if (uses.length > 0) await run.out.list(uses, COLUMNS, ({ keyId }) => keyId);
    run.out.note(triedInWords(data));
  }
  if (data.refused > 0) throw new Exit(EXIT.no);
}

/** Of a file that `apis update` takes, what can be tried. */
function routesIn(file: string): Body['routes'] {
  const document = readDocument(file) as { routes?: unknown } | null;
  if (!Array.isArray(document?.routes)) throw usage(`${file} holds no list of routes`);
  return document.routes;
}

/** What became of the calls, and how much of it can't be known. */
export function triedInWords(
  tried: Pick<Tried, 'calls' | 'refused' | 'admittedAnew' | 'unknown' | 'keysLookedAt' | 'isAll' | 'keys'>,
): string {
  const { calls, refused, admittedAnew, unknown, keys, keysLookedAt, isAll } = tried;
  if (calls === 0) return 'No calls of the last seven days to compare with.';
  const all = `${countOf(calls, 'call')} of the last seven days`;
  const callers = keys.length === 1 ? 'one caller' : `${count(keys.length)} callers`;
  return [
    refused === 0
      ? `None of ${all} would be refused.`
      : `${count(refused)} of ${all} would be refused, of ${callers}.`,
    ...(admittedAnew > 0 ? [`${count(admittedAnew)} that are refused now would be let in.`] : []),
    ...(unknown > 0 ? [`Of ${count(unknown)} it can't be told.`] : []),
    ...(isAll ? [] : [`Only the ${count(keysLookedAt)} busiest callers were looked at.`]),
  ].join(' ');
}
