import { dayOf, isClientError, type Usual } from './finding-rules.ts';

/** When a credential was seen from a country: ISO 8601 UTC. `last` may lag by LAG_MILLISECONDS. */
export interface CountryUse {
  readonly first: string;
  readonly last: string;
}

/** What a credential came to on one UTC day. */
export interface UsedDay {
  readonly day: string;
  readonly requests: number;
  /** 4xx without 429. */
  readonly clientErrors: number;
  /** Requests in its busiest hour. */
  readonly busiestHour: number;
}

/** What is remembered of a credential, to know what is unusual for it: one small item. */
export interface KeyProfile {
  readonly keyId: string;
  /** ISO 8601 UTC: its first request that was seen. */
  readonly since: string;
  /** The newest UTC day with a request; those before it are in `days`. */
  readonly day: string;
  /** Its last days of use before `day`, oldest first, at most DAYS. */
  readonly days: readonly UsedDay[];
  /** By ISO 3166-1 alpha-2 code; empty for publishable keys, which everybody may use from anywhere. */
  readonly countries: Readonly<Record<string, CountryUse>>;
  readonly revision: number;
}

/** A credential's requests of one batch from one country. */
export interface Visit {
  readonly country: string;
  /** Milliseconds since 1970. */
  readonly first: number;
  readonly last: number;
  readonly requests: number;
  readonly networks: readonly string[];
  readonly requestIds: readonly string[];
}

/** One hour's count of a credential, as far as a profile needs it. */
interface HourCount {
  readonly requests: number;
  readonly statuses: Readonly<Record<string, number>>;
}

/** Days of use that tell what is usual: a week, or for a key of weekdays a week and a weekend. */
const DAYS = 7;
/** Fewer days of use than this tell nothing. */
const WARM_UP_DAYS = 3;
/** How old `last` may be before it is written again: a write for each quarter of an hour of use at most. */
const LAG_MILLISECONDS = 15 * 60_000;
/** A country that was not seen for so long is forgotten. */
const MEMORY_MILLISECONDS = 90 * 86_400_000;

export function newProfile(keyId: string, first: number): KeyProfile {
  const since = isoOf(first);
  return { keyId, since, day: dayOf(since), days: [], countries: {}, revision: 1 };
}

/** Whether a request at `time` begins a new day, so that the profile's `day` is to be closed first. */
export function beginsDay(profile: KeyProfile, time: number): boolean {
  return dayOf(isoOf(time)) > profile.day;
}

/** The profile with its `day` closed. @param hours what was counted in that day's hours */
export function closeDay(profile: KeyProfile, hours: readonly HourCount[], time: number): KeyProfile {
  const requests = hours.map((hour) => hour.requests);
  const closed: UsedDay = {
    day: profile.day,
    requests: sum(requests),
    clientErrors: sum(hours.map(clientErrorsOf)),
    busiestHour: Math.max(0, ...requests),
  };
  const days = closed.requests === 0 ? profile.days : [...profile.days, closed].slice(-DAYS);
  return { ...profile, day: dayOf(isoOf(time)), days };
}

/**
 * What the credential usually came to before the day of `hour`, so that what is found in an hour does not
 * depend on what was counted of its day by then; undefined while there is too little history.
 */
export function usualBefore({ days }: KeyProfile, hour: string): Usual | undefined {
  const past = days.filter(({ day }) => day < dayOf(hour));
  if (past.length < WARM_UP_DAYS) return undefined;
  return {
    busiestHour: Math.max(...past.map(({ busiestHour }) => busiestHour)),
    clientErrorShare: sum(past.map(({ clientErrors }) => clientErrors)) / requestsOf(past),
  };
}

/** The profile after these visits; the same one when nothing is worth writing. */
export function withVisits(profile: KeyProfile, visits: readonly Visit[]): KeyProfile {
  const changed = visits.flatMap((visit): [string, CountryUse][] => {
    const known = recentUse(profile, visit.country, visit.first);
    const first = Math.min(visit.first, known === undefined ? visit.first : Date.parse(known.first));
    const last = Math.max(visit.last, known === undefined ? visit.last : Date.parse(known.last));
    const worthIt =
      known === undefined ||
      first < Date.parse(known.first) ||
      last >= Date.parse(known.last) + LAG_MILLISECONDS;
    return worthIt ? [[visit.country, { first: isoOf(first), last: isoOf(last) }]] : [];
  });
  const earliest = Math.min(Date.parse(profile.since), ...visits.map(({ first }) => first));
  if (changed.length === 0 && earliest === Date.parse(profile.since)) return profile;
  const newest = Math.max(...visits.map(({ last }) => last));
  const kept = Object.entries(profile.countries).filter(
    ([, { last }]) => Date.parse(last) > newest - MEMORY_MILLISECONDS,
  );
  return {
    ...profile,
    since: isoOf(earliest),
    countries: { ...Object.fromEntries(kept), ...Object.fromEntries(changed) },
  };
}

/** When the country was seen, unless that is so long ago at `time` that it is forgotten. */
export function recentUse(profile: KeyProfile, country: string, time: number): CountryUse | undefined {
  const sighting = profile.countries[country];
  if (sighting === undefined || Date.parse(sighting.last) <= time - MEMORY_MILLISECONDS) return undefined;
  return sighting;
}

/** Requests in days. */
export function requestsOf(days: readonly UsedDay[]): number {
  return sum(days.map(({ requests }) => requests));
}

function clientErrorsOf({ statuses }: HourCount): number {
  return sum(Object.entries(statuses).map(([status, count]) => (isClientError(status) ? count : 0)));
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
