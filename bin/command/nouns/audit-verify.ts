import type { Schemas } from '../../../client/keywright-client.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { exactTime } from '../format.ts';
import { printable } from '../output.ts';
import type { Run } from '../run.ts';
import { given } from '../verb.ts';

type Part = Schemas['AuditVerification'];

/** All parts of a verification together. */
type Whole = Pick<Part, 'checked' | 'tampering' | 'missing' | 'underWay' | 'head'> & {
  tenantId: string | null;
  /** How many of the newest records no head covers. */
  unproven: number;
  given: string | null;
  anchors: Part['anchors'] | null;
  /** null from a management API that does not tell. */
  lock: Part['lock'] | null;
};

/** 0 when all is well, 1 for a finding, 2 where nothing proves that the newest records were not cut off. */
export async function verify(run: Run): Promise<ExitCode> {
  const { tenant, head } = run.options;
  const whole: Whole = {
    ...{ tenantId: tenant ?? null, checked: 0, tampering: [], unproven: 0, missing: [], underWay: [] },
    ...{ head: null, given: head ?? null, anchors: null, lock: null },
  };
  let cursor: string | undefined;
  do {
    const data: Part = await partOf(run, cursor);
    add(whole, data);
    cursor = data.nextCursor ?? undefined;
  } while (cursor !== undefined);
  if (run.out.isJson) run.out.line(JSON.stringify(whole));
  else process.stdout.write(inWords(whole));
  return codeOf(whole);
}

async function partOf(run: Run, cursor: string | undefined): Promise<Part> {
  const { tenant: tenantId, head, complete } = run.options;
  const query = given({ tenantId, head, complete: complete ? ('true' as const) : undefined, cursor });
  return (await run.api.GET('/v1/audit/verify', { params: { query } })).data;
}

function add(whole: Whole, part: Part): void {
  whole.checked += part.checked;
  whole.tampering.push(...part.tampering);
  whole.missing.push(...part.missing);
  whole.underWay.push(...part.underWay);
  whole.head = part.head;
  // The worst of what was told of them: a place that could not be read once has not told everything.
  if (whole.anchors?.state !== 'unreadable') whole.anchors = part.anchors;
  whole.lock ??= part.lock ?? null;
  whole.unproven += part.unproven ?? 0;
}

function codeOf({ tampering, missing, unproven, underWay, anchors, lock }: Whole): ExitCode {
  const isOpen = lock?.state === 'changed' || lock?.state === 'missing';
  if (tampering.length + missing.length > 0 || isOpen) return EXIT.no;
  const isUnproven = unproven + underWay.length > 0 || [anchors?.state, lock?.state].includes('unreadable');
  return isUnproven ? EXIT.usage : EXIT.done;
}

function inWords(verification: Whole): string {
  const { checked, tampering, unproven, missing, underWay, head, given, anchors, lock } = verification;
  const end =
    head === null
      ? 'no records'
      : `${checked} ${checked === 1 ? 'record' : 'records'}, head ${head.seq}:${head.hash}`;
  const left = unproven === 1 ? 'the newest record is' : `the newest ${unproven} records are`;
  return (
    [
      ...[...tampering, ...missing].map(({ message }) => message),
      `${tampering.length + missing.length === 0 ? 'sound' : 'NOT SOUND'}: ${end}`,
      ...(given === null ? [] : [`held against the head that you gave, ${given}`]),
      ...(anchors === null ? [] : [anchorsInWords(anchors)]),
      ...(lock === null ? [] : lockInWords(lock)),
      ...(unproven > 0
        ? [`NOT PROVEN: ${left} covered by no head; what followed may have been cut off`]
        : []),
      ...underWay.map(({ message }) => `NOT PROVEN: ${message}`),
      '',
    ]
      // Whoever tampered may have chosen the text, and another line in it, or what a terminal acts on.
      .map(printable)
      .join('\n')
  );
}

function anchorsInWords({ place, state, reason, count, newest }: NonNullable<Whole['anchors']>): string {
  if (state === 'unreadable') return `NOT PROVEN: the signed heads in ${place} could not be read: ${reason}`;
  if (newest === null) return `no signed head in ${place}`;
  const heads = count === 1 ? '1 signed head' : `${count} signed heads`;
  return `held against ${heads} in ${place}, the newest ${newest.seq}:${newest.hash} of ${exactTime(newest.signedAt)}`;
}

/** Nothing to say where it is as it was deployed. */
function lockInWords({ state, differences }: NonNullable<Whole['lock']>): readonly string[] {
  return differences.map((each) => `${state === 'unreadable' ? 'NOT PROVEN' : 'NOT LOCKED'}: ${each}`);
}
