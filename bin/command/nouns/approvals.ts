import { setTimeout as wait } from 'node:timers/promises';
import type { Schemas } from '../../../client/keywright-client.ts';
import { EXIT, Exit } from '../exit.ts';
import { type Column, field, localTime, time } from '../format.ts';
import type { Run } from '../run.ts';
import { isShown, secretPlace } from '../secret-place.ts';
import type { SecretOwner } from '../stored-secret.ts';
import { given, SECRET_OPTIONS, type Verb } from '../verb.ts';

type Approval = Schemas['Approval'];

const APPROVAL = ['<approval>', 'apr_…'] as const;
const ONE = '/v1/approvals/{approvalId}';
const COLUMNS: readonly Column<Approval>[] = [
  field('approvalId'),
  field('tenantId'),
  field('operation'),
  { name: 'subject', of: ({ subject }) => subject.id },
  field('state'),
  field('requestedBy'),
  time('expiresAt', ({ expiresAt }) => expiresAt),
  field('decidedBy'),
];
const WAIT_SECONDS = 2;

const pathOf = (run: Run) => ({ approvalId: run.arg(0) });
const tell = (run: Run, approval: Approval) =>
  run.out.item(approval, approval.approvalId, COLUMNS as readonly Column<never>[]);

/** Waits until somebody decides: 0 once it is approved, 1 for no, 7 where it still waits. */
async function waiting(run: Run): Promise<void> {
  const seconds: number = run.options.timeout ?? Number.POSITIVE_INFINITY;
  const end = run.now().getTime() + seconds * 1000;
  for (;;) {
    const { data } = await run.api.GET(ONE, { params: { path: pathOf(run) } });
    const isDecided =
      data.state !== 'pending' && (data.state !== 'approved' || data.carriedOut || needsClaim(data));
    if (isDecided) {
      tell(run, data);
      if (needsClaim(data)) run.out.note(`Approved: keywright approvals claim ${data.approvalId}`);
      if (data.state === 'approved' || data.state === 'claimed') return;
      throw new Exit(EXIT.no, data.failure ?? `It was ${data.state}`);
    }
    if (run.now().getTime() >= end) run.waits(data);
    if (run.out.isTerminal) process.stderr.write(`\r\u001b[KWaiting until ${localTime(data.expiresAt)} …`);
    await wait(WAIT_SECONDS * 1000);
    if (run.out.isTerminal) process.stderr.write('\r\u001b[K');
  }
}

/** What shows a secret is carried out when who asked claims it. */
function needsClaim({ state, carriedOut }: Approval): boolean {
  return state === 'approved' && !carriedOut;
}

async function claim(run: Run): Promise<void> {
  const place = await secretPlace(run);
  const params = { path: pathOf(run) };
  const { subject, tenantId: tenant } = (await run.api.GET(ONE, { params })).data;
  const { data } = await run.api.POST(`${ONE}/claim`, { params, body: {} });
  const secret = secretIn(data as Record<string, unknown>);
  const owner = { type: subject.type as SecretOwner['type'], id: subject.id, tenant };
  const kept = secret === undefined ? 'was shown before' : await place(secret, owner);
  if (run.out.isJson) run.out.item(isShown(run) ? data : { approvalId: run.arg(0) }, run.arg(0));
  else run.out.done(`Carried out ${run.arg(0)}. Secret of ${owner.id} ${kept}.`);
}

function secretIn(data: Record<string, unknown>): string | undefined {
  const found = [data.secret, data.link, data.primaryKey, data.key].find((each) => typeof each === 'string');
  return found as string | undefined;
}

/** Decides against it. @param readers who reads the reason */
function ending(verb: 'reject' | 'withdraw', about: string, readers: string): Verb {
  return {
    name: verb,
    about,
    args: [APPROVAL],
    options: [['--reason <text>', readers]],
    run: async (run) => {
      const body = given({ reason: run.options.reason });
      tell(run, (await run.api.POST(`${ONE}/${verb}`, { params: { path: pathOf(run) }, body })).data);
    },
  };
}

export const verbs: readonly Verb[] = [
  {
    name: 'list',
    about: 'list what waits, or waited, for a second admin',
    options: [['--state <state>', 'pending, approved, claimed, rejected, withdrawn, lapsed or failed']],
    run: async (run) => {
      const { tenant: tenantId, state } = run.options;
      const query = { limit: 100, ...given({ tenantId, state }) };
      await run.out.list(
        run.api.items('/v1/approvals', { params: { query } }),
        COLUMNS,
        (each) => each.approvalId,
      );
    },
  },
  {
    name: 'get',
    about: 'show an approval',
    args: [APPROVAL],
    run: async (run) => tell(run, (await run.api.GET(ONE, { params: { path: pathOf(run) } })).data),
  },
  {
    name: 'approve',
    about: 'approve another admin’s operation',
    args: [APPROVAL],
    run: async (run) =>
      tell(run, (await run.api.POST(`${ONE}/approve`, { params: { path: pathOf(run) }, body: {} })).data),
  },
  ending('reject', 'reject another admin’s operation', 'for who asked, and the audit log'),
  ending('withdraw', 'take back your own request while it is pending', 'for the audit log'),
  {
    name: 'claim',
    about: 'carry out your own approved operation, which shows a secret',
    args: [APPROVAL],
    options: SECRET_OPTIONS,
    run: claim,
  },
  {
    name: 'wait',
    about: 'wait until it is decided',
    args: [APPROVAL],
    options: [['--timeout <seconds>', 'give up after so long, with exit code 7']],
    run: waiting,
  },
];
