import { meaningOf } from '../decision/causes.ts';
import { subjectOf } from '../products/credential.ts';
import type { RecordedCaller } from '../usage/access-record.ts';
import type { Evidence, Finding, FindingKind } from './finding.ts';

/**
 * Where normal ends. Counts are of one UTC hour; docs/use/security-findings.md says what each is for.
 */
export const THRESHOLDS = {
  /** Requests from one network that named no valid key, in an hour. */
  networkAuthFailures: 100,
  /** Requests that named an existing key with a secret that is not its own, in an hour. */
  wrongSecrets: 20,
  /** Requests with a key that has ended (revoked, disabled, expired), in an hour. */
  endedKeyUses: 100,
  /** 4xx without 429: at least so many, so large a share of the requests, so many times the usual share. */
  clientErrors: { count: 100, share: 0.5, timesUsual: 3 },
  /** 429: at least so many, and so large a share of the requests. */
  rateLimitExceeded: { count: 100, share: 0.1 },
  /** Requests: at least so many, and so many times the busiest hour of the last days of use. */
  requestSpike: { count: 500, timesBusiest: 5 },
} as const;

/** Entries of one list of evidence. */
const MOST_EVIDENCE = 10;
/** Length of `yyyy-mm-dd`. */
const DAY_LENGTH = 10;

/** Of a request that is shown as evidence. */
export interface RequestTrace {
  readonly requestId: string;
  readonly network: string | undefined;
  readonly status: number;
}

/** What was counted of one credential in one hour. */
export interface KeyHour {
  readonly caller: Pick<RecordedCaller, 'keyId' | 'tenantId' | 'keyType'>;
  /** `yyyy-mm-ddThh` in UTC. */
  readonly hour: string;
  readonly requests: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly networks: Readonly<Record<string, number>>;
  readonly countries: Readonly<Record<string, number>>;
  /** Those of the batch at hand. */
  readonly traces: readonly RequestTrace[];
}

/** What a credential usually comes to; undefined while it has too little history to say. */
export interface Usual {
  /** Requests in the busiest hour of its last days of use. */
  readonly busiestHour: number;
  /** Share of 4xx without 429 in all requests of those days. */
  readonly clientErrorShare: number;
}

/** Refusals of callers that were not let in, counted in one hour: from one network, or naming one key. */
export interface RefusalHour {
  readonly hour: string;
  readonly causes: Readonly<Record<string, number>>;
  readonly networks: Readonly<Record<string, number>>;
  readonly keyIds: Readonly<Record<string, number>>;
  readonly requestIds: readonly string[];
}

/** Whether a refusal with this cause says that the key which it names exists. */
function namesExistingKey(cause: string): boolean {
  const { sign, against } = meaningOf(cause);
  return sign !== undefined && against.includes('key');
}

export function isClientError(status: string): boolean {
  return status.startsWith('4') && status !== '429';
}

/** What stands out in a credential's hour. */
export function findInKeyHour(hour: KeyHour, usual: Usual | undefined): Finding[] {
  return [clientErrors(hour, usual), rateLimitExceeded(hour), requestSpike(hour, usual)].filter(
    (finding) => finding !== undefined,
  );
}

/** Whether one network tries keys. Belongs to no tenant: whose keys they were meant to be is not known. */
export function findInNetworkHour(network: string, hour: RefusalHour): Finding | undefined {
  const counts = partOf(hour.causes, (cause) => meaningOf(cause).sign === 'guess');
  const measured = sum(counts);
  const threshold = THRESHOLDS.networkAuthFailures;
  if (measured < threshold) return undefined;
  const subject = { type: 'network', id: network } as const;
  const evidence = refusalEvidence(hour, { measured, threshold, counts });
  return { kind: 'networkAuthFailures', tenantId: null, subject, occurrence: hour.hour, evidence };
}

/** Whether a key is presented that has ended, or with a secret that is not its own. */
export function findInNamedKeyHour(
  owner: { readonly keyId: string; readonly tenantId: string },
  hour: RefusalHour,
): Finding | undefined {
  const wrong = hour.causes.wrong_secret ?? 0;
  const ended = sum(partOf(hour.causes, (cause) => meaningOf(cause).sign === 'ended'));
  const guessed = wrong >= THRESHOLDS.wrongSecrets;
  if (!guessed && ended < THRESHOLDS.endedKeyUses) return undefined;
  const evidence = refusalEvidence(hour, {
    measured: guessed ? wrong : ended,
    threshold: guessed ? THRESHOLDS.wrongSecrets : THRESHOLDS.endedKeyUses,
    counts: partOf(hour.causes, namesExistingKey),
  });
  return {
    kind: 'keyAuthFailures',
    tenantId: owner.tenantId,
    subject: subjectOf(owner.keyId),
    // A client that goes on with a key which has ended is not to hide somebody who guesses.
    occurrence: `${guessed ? 'wrong_secret' : 'ended'} ${hour.hour}`,
    evidence,
  };
}

/** Whether findInNamedKeyHour would find something, whoever the key's owner is. */
export function hasNamedKeyFinding(hour: RefusalHour): boolean {
  return findInNamedKeyHour({ keyId: '', tenantId: '' }, hour) !== undefined;
}

/** Names by their count, the largest first, as many as evidence shows. */
function largest(counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts)
    .sort(([one, many], [other, more]) => more - many || (one < other ? -1 : 1))
    .slice(0, MOST_EVIDENCE)
    .map(([name]) => name);
}

/** As many of a list's different entries as evidence shows. */
export function some(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names)].filter((name) => name !== undefined).slice(0, MOST_EVIDENCE);
}

export function dayOf(time: string): string {
  return time.slice(0, DAY_LENGTH);
}

function clientErrors(hour: KeyHour, usual: Usual | undefined): Finding | undefined {
  const { count, share, timesUsual } = THRESHOLDS.clientErrors;
  const counts = partOf(hour.statuses, isClientError);
  const measured = sum(counts);
  const usualShare = usual?.clientErrorShare ?? 0;
  const normal = Math.max(share, timesUsual * usualShare) * hour.requests;
  if (measured < count || measured < normal) return undefined;
  const evidence = { measured, threshold: count, usual: usual === undefined ? null : usualShare, counts };
  return keyFinding('clientErrors', hour, evidence, isClientError);
}

function rateLimitExceeded(hour: KeyHour): Finding | undefined {
  const { count, share } = THRESHOLDS.rateLimitExceeded;
  const measured = hour.statuses[429] ?? 0;
  if (measured < count || measured < share * hour.requests) return undefined;
  const evidence = { measured, threshold: count, usual: null, counts: hour.statuses };
  return keyFinding('rateLimitExceeded', hour, evidence, (status) => status === '429');
}

function requestSpike(hour: KeyHour, usual: Usual | undefined): Finding | undefined {
  if (usual === undefined) return undefined;
  const { count, timesBusiest } = THRESHOLDS.requestSpike;
  const threshold = Math.max(count, timesBusiest * usual.busiestHour);
  if (hour.requests < threshold) return undefined;
  const evidence = { measured: hour.requests, threshold, usual: usual.busiestHour, counts: hour.statuses };
  return keyFinding('requestSpike', hour, evidence, () => true);
}

function keyFinding(
  kind: FindingKind,
  hour: KeyHour,
  measure: Pick<Evidence, 'measured' | 'threshold' | 'usual' | 'counts'>,
  isOne: (status: string) => boolean,
): Finding {
  const traces = hour.traces.filter(({ status }) => isOne(`${status}`));
  return {
    kind,
    tenantId: hour.caller.tenantId,
    subject: subjectOf(hour.caller.keyId),
    occurrence: hour.hour,
    evidence: {
      window: windowOf(hour.hour),
      ...measure,
      networks: largest(hour.networks),
      countries: largest(hour.countries),
      keyIds: [hour.caller.keyId],
      requestIds: some(traces.map(({ requestId }) => requestId)),
    },
  };
}

function refusalEvidence(
  { hour, networks, keyIds, requestIds }: RefusalHour,
  measure: Pick<Evidence, 'measured' | 'threshold' | 'counts'>,
): Evidence {
  return {
    window: windowOf(hour),
    ...measure,
    usual: null,
    networks: largest(networks),
    countries: [],
    keyIds: largest(keyIds),
    requestIds: some(requestIds),
  };
}

const HOUR_MILLISECONDS = 3_600_000;

function windowOf(hour: string): Evidence['window'] {
  const from = new Date(`${hour}:00:00.000Z`);
  return { from: from.toISOString(), to: new Date(from.getTime() + HOUR_MILLISECONDS).toISOString() };
}

function partOf(
  counts: Readonly<Record<string, number>>,
  belongs: (name: string) => boolean,
): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([name]) => belongs(name)));
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
