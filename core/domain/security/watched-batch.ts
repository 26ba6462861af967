import { networkOf } from '../keys/network.ts';
import type { AccessRecord, LogBatch, RecordedCaller, RefusalRecord } from '../usage/access-record.ts';
import { hourOf } from '../usage/usage-tally.ts';
import type { RequestTrace } from './finding-rules.ts';
import type { Visit } from './key-profile.ts';

/** What a batch tells of one credential. */
export interface WatchedKey {
  readonly caller: RecordedCaller;
  /** Milliseconds since 1970. */
  readonly first: number;
  readonly last: number;
  /** Its requests by hour. */
  readonly traces: ReadonlyMap<string, readonly RequestTrace[]>;
  /** By country; none for publishable keys, which everybody may use from anywhere. */
  readonly visits: readonly Visit[];
}

/** Country of addresses that nobody knows the country of. */
const UNKNOWN_COUNTRY = '-';

/** The credentials that a batch's requests were made with. */
export function watchedKeysOf(
  records: readonly AccessRecord[],
  countryOf: (address: string) => string,
): WatchedKey[] {
  const byKey = Map.groupBy(
    records.filter(({ caller }) => caller !== undefined),
    ({ caller }) => caller?.keyId ?? '',
  );
  return [...byKey.values()].flatMap((own) => {
    const caller = own[0]?.caller;
    if (caller === undefined) return [];
    const times = own.map(({ time }) => time);
    const traces = Map.groupBy(own, ({ time }) => hourOf(time));
    return {
      caller,
      first: least(times),
      last: most(times),
      traces: new Map([...traces].map(([hour, those]) => [hour, those.map(traceOf)])),
      visits: caller.keyType === 'publishable' ? [] : visitsOf(own, countryOf),
    };
  });
}

/** Request ids of a batch's refusals in an hour that concern a network or a key. */
export function refusedRequestIds(
  { refusals }: Pick<LogBatch, 'refusals'>,
  hour: string,
  concerns: (refusal: RefusalRecord) => boolean,
): string[] {
  return refusals
    .filter((refusal) => hourOf(refusal.time) === hour && concerns(refusal))
    .map(({ requestId }) => requestId);
}

function traceOf({ requestId, status, sourceIp }: AccessRecord): RequestTrace {
  return { requestId, status, network: sourceIp === undefined ? undefined : networkOf(sourceIp) };
}

function visitsOf(records: readonly AccessRecord[], countryOf: (address: string) => string): Visit[] {
  const byCountry = Map.groupBy(records, ({ sourceIp }) =>
    sourceIp === undefined ? UNKNOWN_COUNTRY : countryOf(sourceIp),
  );
  byCountry.delete(UNKNOWN_COUNTRY);
  return [...byCountry].map(([country, those]) => {
    const times = those.map(({ time }) => time);
    const traces = those.map(traceOf);
    return {
      country,
      first: least(times),
      last: most(times),
      requests: those.length,
      networks: traces.flatMap(({ network }) => network ?? []),
      requestIds: traces.map(({ requestId }) => requestId),
    };
  });
}

function least(times: readonly number[]): number {
  return times.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
}

function most(times: readonly number[]): number {
  return times.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
}
