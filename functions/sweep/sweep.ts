import { type Approval, approvalStateOf, lapse } from '../../core/domain/approvals/approval.ts';
import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import type { RandomBytes } from '../../core/domain/ground/base62.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import type { ApiKey } from '../../core/domain/keys/api-key.ts';
import { needsLastUse, needsSilence, noticeOf } from '../../core/domain/keys/key-reminders.ts';
import type { Notice } from '../../core/domain/keys/notice.ts';
import { overlapNotice, type Silence } from '../../core/domain/keys/quiet-overlap.ts';
import type { ApprovalStore } from '../../core/store/approval-store.ts';
import { type Deciding, decideUntilWritten } from '../../core/store/conflict.ts';
import type { CredentialStore } from '../../core/store/credential-store.ts';
import type { Due, DueStore } from '../../core/store/due-store.ts';
import { duePartitions } from '../../core/store/item-keys.ts';
import type { KeyStore } from '../../core/store/key-store.ts';
import type { LastUseStore } from '../../core/store/last-use-store.ts';

/** What a sweep needs. */
export interface SweepDependencies extends Deciding {
  readonly due: DueStore;
  readonly credentials: Pick<CredentialStore, 'get'>;
  readonly keys: KeyStore;
  readonly approvals: ApprovalStore;
  readonly lastUses: Pick<LastUseStore, 'lastUseOf'>;
  /** What is known of the use of a key's old secret. */
  readonly silenceOf: (key: ApiKey, now: Date) => Promise<Silence>;
}

/** One run. */
export interface SweepRun {
  /** Names it in the events that it causes. */
  readonly requestId: string;
  /** False when it has to come to its end; the next run goes on. */
  readonly hasTime: () => boolean;
  /** Hears of an item that could not be dealt with, and of a partition that could not be read. */
  readonly onFailure: (what: string, cause: unknown) => void;
}

/** What a run came to. */
export interface SweepReport {
  readonly examined: number;
  readonly events: number;
  readonly failed: number;
  /** How long what was due longest had waited, in seconds; 0 when nothing was due. */
  readonly lagSeconds: number;
}

/** Items of one partition that are dealt with at once; all partitions together stay below the client's 50 sockets. */
const AT_ONCE = 3;

/**
 * Looks at everything that is due and writes what has come to pass: each event with the item's next reminder
 * in one conditional write. So any number of sweeps may run at once, and end anywhere: what one has not
 * written another one finds due.
 */
export async function sweep(dependencies: SweepDependencies, run: SweepRun): Promise<SweepReport> {
  const started = dependencies.now();
  const report = { examined: 0, events: 0, failed: 0, lagSeconds: 0 };
  const fail = (what: string, cause: unknown) => {
    report.failed += 1;
    run.onFailure(what, cause);
  };
  const attend = async (due: Due) => {
    report.examined += 1;
    // What a clock that was ahead has asked for is not late.
    const lagSeconds = (dependencies.now().getTime() - Date.parse(due.at)) / 1000;
    report.lagSeconds = Math.max(report.lagSeconds, lagSeconds);
    // Not `+=` at once: others add to it while this one waits.
    const events = await processDue(due, dependencies, run.requestId);
    report.events += events;
  };
  const sweepPartition = async (partition: string) => {
    for await (const page of dependencies.due.pages(partition, started)) {
      for (let i = 0; i < page.length; i += AT_ONCE) {
        if (!run.hasTime()) return;
        const some = page.slice(i, i + AT_ONCE);
        await Promise.all(some.map((due) => attend(due).catch((cause) => fail(due.id, cause))));
      }
    }
  };
  await Promise.all(
    duePartitions.map((partition) => sweepPartition(partition).catch((cause) => fail(partition, cause))),
  );
  return report;
}

/** Does everything that is due of one item, whoever changes it meanwhile; returns how many events that made. */
async function processDue(due: Due, dependencies: SweepDependencies, requestId: string): Promise<number> {
  if (due.kind === 'unknown') throw new Error(`an item at ${due.id} can't be due`);
  const context = changeContextOf(dependencies.now(), dependencies.randomBytes, requestId);
  return due.kind === 'approval'
    ? attendToApproval(due.id, dependencies, context)
    : attendToKey(due.id, dependencies, context);
}

async function attendToApproval(
  id: string,
  { approvals, ...dependencies }: SweepDependencies,
  context: ChangeContext,
): Promise<number> {
  const note = async (approval: Approval, own: ChangeContext) => {
    if (approval.state === 'lapsed' || approvalStateOf(approval, own.now) !== 'lapsed') return 0;
    await approvals.update(approval, lapse(approval, own));
    return 1;
  };
  const approval = await approvals.get(id);
  return approval === undefined ? 0 : decideUntilWritten(approval, context, note, dependencies);
}

async function attendToKey(
  id: string,
  dependencies: SweepDependencies,
  context: ChangeContext,
): Promise<number> {
  const { credentials, keys } = dependencies;
  const credential = await credentials.get(id);
  if (credential?.type === undefined) return 0;
  let key: ApiKey = credential;
  /** The key after its notice; undefined when nothing is due any more. */
  const note = async (before: ApiKey, own: ChangeContext): Promise<ApiKey | undefined> => {
    const notice = await findNotice(before, own, dependencies);
    if (notice === undefined) return undefined;
    if ('remind' in notice) {
      await keys.remind(before, notice.remind);
      return undefined;
    }
    await keys.update(before, notice.change);
    return notice.change.state;
  };
  for (let events = 0; ; events++) {
    const own = { ...context, eventId: eventId(context.now, dependencies.randomBytes) };
    const after = await decideUntilWritten(key, own, note, dependencies);
    if (after === undefined) return events;
    key = after;
  }
}

async function findNotice(
  key: ApiKey,
  context: ChangeContext,
  dependencies: SweepDependencies,
): Promise<Notice | undefined> {
  const { now } = context;
  if (needsSilence(key, now)) return overlapNotice(key, await dependencies.silenceOf(key, now), context);
  const lastUsedAt = needsLastUse(key, now)
    ? (await dependencies.lastUses.lastUseOf(key.keyId))?.at
    : undefined;
  return noticeOf(key, lastUsedAt, context);
}

function changeContextOf(now: Date, randomBytes: RandomBytes, requestId: string): ChangeContext {
  const actor = { type: 'system', id: 'keywright' } as const;
  return { now, actor, requestId, eventId: eventId(now, randomBytes) };
}
