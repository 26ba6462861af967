import { subjectOf } from '../products/credential.ts';
import { farApart } from './continent.ts';
import type { Evidence, Finding, FindingKind } from './finding.ts';
import { dayOf, some } from './finding-rules.ts';
import {
  type CountryUse,
  type KeyProfile,
  recentUse,
  requestsOf,
  type Visit,
  withVisits,
} from './key-profile.ts';

/** What a key must have behind it before its countries mean something. */
const HISTORY = { milliseconds: 7 * 86_400_000, requests: 1000 } as const;
/** A key that is used from so many countries is a traveller: one more says nothing. */
const MANY_COUNTRIES = 5;
/** Within so long of its first request a key is still being put where it belongs; later, a country is unfamiliar. */
const DAY_MILLISECONDS = 86_400_000;
/** Nobody gets from a country to one far from it in less. */
const TRAVEL_MINUTES = 60;
const MINUTE_MILLISECONDS = 60_000;

interface Owner {
  readonly keyId: string;
  readonly tenantId: string;
}

/** Two requests from places far apart. */
interface Leap {
  readonly from: { readonly country: string; readonly time: number };
  readonly to: { readonly country: string; readonly time: number };
}

/**
 * What a batch's requests say of where a key is. One finding for a key and a country that it was first seen
 * in, whichever of the two kinds comes first.
 * @param before the profile as it was, without these visits
 */
export function findInGeography(owner: Owner, before: KeyProfile, visits: readonly Visit[]): Finding[] {
  const after = withVisits(before, visits);
  const travelled = travels(owner, after, visits);
  const found = new Set(travelled.map(({ occurrence }) => occurrence));
  const arrived = visits
    .filter((visit) => isNewCountry(before, after, visit))
    .map((visit) => arrival(owner, after, visit))
    .filter(({ occurrence }) => !found.has(occurrence));
  return [...travelled, ...arrived];
}

/** A country that a key with a history was not seen in for 90 days, or ever. */
function isNewCountry(before: KeyProfile, after: KeyProfile, { country, first }: Visit): boolean {
  const known = Object.keys(before.countries).filter((each) => recentUse(before, each, first));
  return (
    !known.includes(country) &&
    known.length > 0 &&
    known.length < MANY_COUNTRIES &&
    first - Date.parse(after.since) >= HISTORY.milliseconds &&
    requestsOf(before.days) >= HISTORY.requests
  );
}

/** Each unfamiliar country that the key was used from within an hour of one that is far from it. */
function travels(owner: Owner, profile: KeyProfile, visits: readonly Visit[]): Finding[] {
  const visited = new Set(visits.map(({ country }) => country));
  return Object.entries(profile.countries).flatMap(([country, sighting]) => {
    if (!isUnfamiliar(profile, country)) return [];
    const nearFamiliar = Object.keys(profile.countries).some(
      (other) => !isUnfamiliar(profile, other) && !farApart(country, other),
    );
    if (nearFamiliar) return [];
    const leaps = Object.entries(profile.countries)
      .filter(([other]) => farApart(country, other) && (visited.has(country) || visited.has(other)))
      .flatMap(([other]) =>
        timesIn(profile, other, visits).flatMap((from) =>
          timesIn(profile, country, visits).map(
            (to): Leap => ({
              from: { country: other, time: from },
              to: { country, time: to },
            }),
          ),
        ),
      )
      .filter(({ from, to }) => isTooFast(from.time, to.time, sighting));
    const leap = leaps.toSorted((one, other) => minutesOf(one) - minutesOf(other))[0];
    return leap === undefined ? [] : [travel(owner, profile, leap, visits)];
  });
}

/** Seen only since the key had settled: what came up in its first day is where it belongs. */
function isUnfamiliar({ since, countries }: KeyProfile, country: string): boolean {
  const { first = since, last = since } = countries[country] ?? {};
  const settled = Date.parse(since) + DAY_MILLISECONDS;
  return Date.parse(first) >= settled && Date.parse(last) < Date.parse(first) + DAY_MILLISECONDS;
}

function isTooFast(from: number, to: number, { first }: CountryUse): boolean {
  const apart = Math.abs(to - from);
  return apart <= TRAVEL_MINUTES * MINUTE_MILLISECONDS && to < Date.parse(first) + DAY_MILLISECONDS;
}

/** The moments at which the key is known to have been used from there. */
function timesIn(profile: KeyProfile, country: string, visits: readonly Visit[]): number[] {
  const sighting = profile.countries[country];
  const remembered = sighting === undefined ? [] : [Date.parse(sighting.first), Date.parse(sighting.last)];
  const here = visits.filter((visit) => visit.country === country);
  return [...remembered, ...here.flatMap(({ first, last }) => [first, last])];
}

function minutesOf({ from, to }: Leap): number {
  return Math.round(Math.abs(to.time - from.time) / MINUTE_MILLISECONDS);
}

function travel(owner: Owner, profile: KeyProfile, leap: Leap, visits: readonly Visit[]): Finding {
  const times = [leap.from.time, leap.to.time].sort((one, other) => one - other);
  return geographyFinding('impossibleTravel', owner, profile, leap.to.country, visits, {
    window: { from: isoOf(times[0] ?? 0), to: isoOf(times[1] ?? 0) },
    measured: minutesOf(leap),
    threshold: TRAVEL_MINUTES,
    countries: [leap.to.country, leap.from.country],
  });
}

function arrival(owner: Owner, profile: KeyProfile, visit: Visit): Finding {
  return geographyFinding('newCountry', owner, profile, visit.country, [visit], {
    window: { from: isoOf(visit.first), to: isoOf(visit.last) },
    measured: visit.requests,
    threshold: 1,
    countries: [visit.country],
  });
}

function geographyFinding(
  kind: FindingKind,
  { keyId, tenantId }: Owner,
  profile: KeyProfile,
  country: string,
  visits: readonly Visit[],
  what: Pick<Evidence, 'window' | 'measured' | 'threshold' | 'countries'>,
): Finding {
  const there = visits.filter((visit) => what.countries.includes(visit.country));
  const newest = there.filter((visit) => visit.country === country);
  return {
    kind,
    tenantId,
    subject: subjectOf(keyId),
    occurrence: `${country} ${dayOf(profile.countries[country]?.first ?? what.window.from)}`,
    evidence: {
      ...what,
      usual: null,
      counts: Object.fromEntries(there.map((visit) => [visit.country, visit.requests])),
      networks: some([...newest, ...there].flatMap(({ networks }) => networks)),
      keyIds: [keyId],
      requestIds: some([...newest, ...there].flatMap(({ requestIds }) => requestIds)),
    },
  };
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}
