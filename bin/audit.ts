import { type Command, Option } from 'commander';

/** What every command that calls the management API is told. */
interface Connection {
  readonly url: string;
  readonly token: string;
}

interface Tampering {
  readonly message: string;
}

interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** What the verification found by itself to hold the chain against. */
interface Anchors {
  readonly place: string;
  readonly state: 'read' | 'none' | 'unreadable';
  readonly reason: string | null;
  readonly count: number;
  readonly newest: (Head & { readonly signedAt: string }) | null;
}

interface Missing {
  readonly message: string;
}

/** Whether the audit table's own policy is the one that was deployed. */
interface Lock {
  readonly state: 'intact' | 'changed' | 'missing' | 'unreadable';
  readonly differences: readonly string[];
}

interface Verification {
  readonly tenantId: string | null;
  readonly checked: number;
  readonly tampering: readonly Tampering[];
  /** How many of the newest records no head covers. */
  readonly unproven: number;
  /** Changes of which the log has no event; empty unless they were asked for. */
  readonly missing: readonly Missing[];
  /** Those whose events may be on their way. */
  readonly underWay: readonly Missing[];
  readonly head: Head | null;
  readonly given: string | null;
  readonly anchors: Anchors | null;
  /** null from a management API that does not tell. */
  readonly lock: Lock | null;
}

const LONGEST_RANGE_MILLISECONDS = 31 * 86_400_000;

/**
 * `keywright audit verify` and `export`: exit code 0 when all is well, 1 for a finding, 2 when there is no
 * answer, or none as to the newest records.
 */
export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('check and read the audit log');
  connected(audit.command('verify'))
    .description('check that a tenant’s audit log, or that of no tenant, is as it was written')
    .option('--tenant <id>', 'the tenant; without, what belongs to no tenant')
    .option('--head <seq:hash>', 'a head that you noted, beside the signed ones, which are found without it')
    .option('--complete', 'look, too, for changes of which the log has no event')
    .option('--json', 'print one JSON object')
    .action((options) => answering(() => verify(options)));
  connected(audit.command('export'))
    .description('write the audit log as lines of JSON, newest first')
    .option('--tenant <id>', 'one tenant; without, all that you act for')
    .option('--type <type>', 'one type of event')
    .option('--actor <id>', 'who did it')
    .option('--subject <id>', 'what it was done to')
    .option('--from <time>', 'inclusive, ISO 8601; by default 30 days before the end')
    .option('--to <time>', 'exclusive, ISO 8601; by default now')
    .action((options) => answering(() => exportLog(options)));
}

function connected(command: Command): Command {
  return command
    .addOption(
      new Option('--url <url>', 'the management API, without /v1').env('KEYWRIGHT_URL').makeOptionMandatory(),
    )
    .addOption(
      new Option('--token <token>', 'your access token; better given in the environment')
        .env('KEYWRIGHT_TOKEN')
        .makeOptionMandatory(),
    );
}

async function verify(
  options: Connection & { tenant?: string; head?: string; complete?: boolean; json?: boolean },
): Promise<void> {
  const complete = options.complete ? 'true' : undefined;
  const query = { tenantId: options.tenant, head: options.head, complete };
  const tampering: Tampering[] = [];
  const missing: Missing[] = [];
  const underWay: Missing[] = [];
  let checked = 0;
  let head: Head | null = null;
  let anchors: Anchors | null = null;
  let lock: Lock | null = null;
  let unproven = 0;
  let cursor: string | null = null;
  do {
    const response = await get(options, `/v1/audit/verify?${searchOf({ ...query, cursor })}`);
    const part = (await response.json()) as VerifiedPart;
    checked += part.checked;
    tampering.push(...part.tampering);
    missing.push(...part.missing);
    underWay.push(...part.underWay);
    head = part.head;
    // The worst of what was told of them: a place that could not be read once has not told everything.
    if (anchors?.state !== 'unreadable') anchors = part.anchors;
    lock ??= part.lock ?? null;
    unproven += part.unproven ?? 0;
    cursor = part.nextCursor;
  } while (cursor !== null);
  const isOpen = lock?.state === 'changed' || lock?.state === 'missing';
  const isUnproven = unproven + underWay.length > 0 || [anchors?.state, lock?.state].includes('unreadable');
  if (tampering.length + missing.length > 0 || isOpen) process.exitCode = 1;
  else if (isUnproven) process.exitCode = 2;
  const given = options.head ?? null;
  const tenantId = options.tenant ?? null;
  const found = { checked, tampering, unproven, missing, underWay };
  const whole: Verification = { tenantId, ...found, head, given, anchors, lock };
  process.stdout.write(options.json ? `${JSON.stringify(whole)}\n` : inWords(whole));
}

type VerifiedPart = Omit<Verification, 'unproven' | 'anchors'> & {
  readonly unproven: number | null;
  readonly anchors: Anchors;
  readonly nextCursor: string | null;
};

function inWords(verification: Verification): string {
  const { checked, tampering, unproven, missing, underWay, head, given, anchors, lock } = verification;
  const end = head === null ? 'no records' : `${checked} records, head ${head.seq}:${head.hash}`;
  const left = unproven === 1 ? 'the newest record is' : `the newest ${unproven} records are`;
  return [
    ...[...tampering, ...missing].map(({ message }) => message),
    `${tampering.length + missing.length === 0 ? 'sound' : 'NOT SOUND'}: ${end}`,
    ...(given === null ? [] : [`held against the head that you gave, ${given}`]),
    ...(anchors === null ? [] : [anchorsInWords(anchors)]),
    ...(lock === null ? [] : lockInWords(lock)),
    ...(unproven > 0 ? [`NOT PROVEN: ${left} covered by no head; what followed may have been cut off`] : []),
    ...underWay.map(({ message }) => `NOT PROVEN: ${message}`),
    '',
  ].join('\n');
}

function anchorsInWords({ place, state, reason, count, newest }: Anchors): string {
  if (state === 'unreadable') return `NOT PROVEN: the signed heads in ${place} could not be read: ${reason}`;
  if (newest === null) return `no signed head in ${place}`;
  const heads = count === 1 ? '1 signed head' : `${count} signed heads`;
  return `held against ${heads} in ${place}, the newest ${newest.seq}:${newest.hash} of ${newest.signedAt}`;
}

/** Nothing to say where it is as it was deployed. */
function lockInWords({ state, differences }: Lock): readonly string[] {
  return differences.map((each) => `${state === 'unreadable' ? 'NOT PROVEN' : 'NOT LOCKED'}: ${each}`);
}

/** Longer ranges than one request may have are taken apart, newest first. */
async function exportLog(
  options: Connection & {
    tenant?: string;
    type?: string;
    actor?: string;
    subject?: string;
    from?: string;
    to?: string;
  },
): Promise<void> {
  const { tenant: tenantId, type, actor, subject } = options;
  for (const range of rangesOf(options.from, options.to)) {
    let next: string | undefined =
      `/v1/audit/export?${searchOf({ tenantId, type, actor, subject, ...range })}`;
    while (next !== undefined) {
      const response = await get(options, next);
      process.stdout.write(await response.text());
      next = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
    }
  }
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
  if (Number.isNaN(time)) throw new Error(`${option} is ${JSON.stringify(text)}; expected an ISO 8601 time`);
  return time;
}

function searchOf(query: Readonly<Record<string, string | null | undefined>>): URLSearchParams {
  return new URLSearchParams(
    Object.entries(query).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** @throws Error that says what the API answered */
async function get({ url, token }: Connection, path: string): Promise<Response> {
  const response = await fetch(new URL(path, url), { headers: { authorization: `Bearer ${token}` } });
  if (response.ok) return response;
  const text = await response.text();
  throw new Error(`the management API answered ${response.status}: ${messageIn(text)}`);
}

function messageIn(text: string): string {
  try {
    const body = JSON.parse(text) as { error?: { message?: string }; message?: string };
    return body.error?.message ?? body.message ?? text;
  } catch {
    return text;
  }
}

/** A command that could not be carried out is told apart from what it found by its exit code. */
async function answering(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    process.stderr.write(`${error instanceof Error ? error.message : error}${cause}\n`);
    process.exitCode = 2;
  }
}
