import { BoundedMap } from '../../core/access/bounded-map.ts';
import type { RandomBytes } from '../../core/domain/ground/base62.ts';
import { compositeKey } from '../../core/domain/ground/composite-key.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { networkOf } from '../../core/domain/keys/network.ts';
import {
  afterAcknowledgement,
  alertIdOf,
  type Finding,
  hoursBefore,
  inEpisode,
  lastHourOf,
  raise,
} from '../../core/domain/security/finding.ts';
import {
  findInKeyHour,
  findInNamedKeyHour,
  findInNetworkHour,
  hasNamedKeyFinding,
  type RefusalHour,
} from '../../core/domain/security/finding-rules.ts';
import { findInGeography } from '../../core/domain/security/geography.ts';
import {
  beginsDay,
  closeDay,
  type KeyProfile,
  newProfile,
  usualBefore,
  withVisits,
} from '../../core/domain/security/key-profile.ts';
import {
  refusedRequestIds,
  type WatchedKey,
  watchedKeysOf,
} from '../../core/domain/security/watched-batch.ts';
import type { LogBatch } from '../../core/domain/usage/access-record.ts';
import { OTHER, type Tally, type UsageSubject } from '../../core/domain/usage/usage-tally.ts';
import type { AlertStore } from '../../core/store/alert-store.ts';
import type { ProfileStore, SubjectHour, WatchedState } from '../../core/store/profile-store.ts';
import type { UsageStore } from '../../core/store/usage-store.ts';
import type { OnPartFailure } from './roll-up.ts';

/** What looking for findings needs. */
export interface WatchDependencies {
  readonly usage: UsageStore;
  readonly profiles: ProfileStore;
  readonly alerts: AlertStore;
  /** The tenant of a key that was named; undefined when there is no such key. */
  readonly tenantOf: (keyId: string) => Promise<string | undefined>;
  /** `-` where it is not known. */
  readonly countryOf: (address: string) => string;
  readonly now: () => Date;
  readonly randomBytes: RandomBytes;
}

/** What was found, and where to look whether it has been going on for longer. */
interface Found {
  readonly finding: Finding;
  readonly subject: UsageSubject;
  /** What the same rules find in another hour of the subject's. */
  readonly foundIn: (state: WatchedState, hour: string) => readonly Finding[];
}

/** Keys that are looked at at once. */
const KEYS_AT_ONCE = 25;
/** Findings of an hour that an instance remembers, so that an attack that goes on costs no write with every batch. */
const MOST_REMEMBERED = 10_000;
const MOST_ATTEMPTS = 5;
/** Networks that are no one network: beyond a batch's bound, or not known. */
const NO_NETWORK: readonly string[] = [OTHER, '-'];

/**
 * Looks at what a batch touched once it is counted, and keeps what stands out as alerts. What is found
 * follows from counts and profiles and has an id of its own, so that a batch that comes again, or was cut
 * off, finds the same alerts.
 */
export class Watch {
  readonly #dependencies: WatchDependencies;
  readonly #known = new BoundedMap<string, true>(MOST_REMEMBERED);

  constructor(dependencies: WatchDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Each key and each refused caller is looked at by itself: one that can't be stops no other.
   * @param tallies what the batch added to which counts
   * @returns what was found and had not been found before
   */
  async look(batch: LogBatch, tallies: readonly Tally[], onFailure: OnPartFailure): Promise<Finding[]> {
    const { profiles, countryOf } = this.#dependencies;
    const keys = watchedKeysOf(batch.accesses, countryOf);
    const refused = tallies.filter(isRefusal).map(({ subject, period }) => ({ subject, hour: period }));
    const state = await profiles.read(
      keys.map(({ caller }) => caller.keyId),
      [...keys.flatMap(hoursOf), ...refused],
    );
    const found: Finding[] = [];
    const alone = async (what: string, look: () => Promise<readonly Finding[]>) => {
      try {
        found.push(...(await look()));
      } catch (cause) {
        onFailure(what, cause);
      }
    };
    for (let i = 0; i < keys.length; i += KEYS_AT_ONCE) {
      const some = keys.slice(i, i + KEYS_AT_ONCE);
      await Promise.all(
        some.map((key) =>
          alone(`findings of ${key.caller.keyId}`, () => this.#lookAtKey(key, state, batch.id)),
        ),
      );
    }
    for (const hour of refused) {
      const what = `findings in what was refused to ${Object.values(hour.subject).join(' ')}`;
      await alone(what, async () => {
        const finding = await this.#findInRefusals(batch, hour, state);
        return finding === undefined ? [] : this.#keep([finding], batch.id);
      });
    }
    return found;
  }

  /** Alerts come before the profile that would make them none: whoever is cut off in between finds them again. */
  async #lookAtKey(key: WatchedKey, first: WatchedState, batchId: string): Promise<Finding[]> {
    const { profiles } = this.#dependencies;
    const { keyId } = key.caller;
    const kept: Finding[] = [];
    let state = first;
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      const stored = state.profile(keyId);
      const before = await this.#current(key, stored, state);
      kept.push(...(await this.#keep(findAll(key, before, state), batchId)));
      const after = withVisits(before, key.visits);
      if (after === stored || (await profiles.write(stored, after))) return kept;
      state = await profiles.read([keyId], hoursOf(key));
    }
    throw new Error(`the profile of ${keyId} was changed by others ${MOST_ATTEMPTS} times in a row`);
  }

  /** The profile with the days closed that ended before this batch. */
  async #current(
    { caller, first, last }: WatchedKey,
    stored: KeyProfile | undefined,
    { fresh }: WatchedState,
  ): Promise<KeyProfile> {
    const profile = stored ?? newProfile(caller.keyId, first);
    if (!beginsDay(profile, last)) return profile;
    const subject = { kind: 'credential', keyId: caller.keyId } as const;
    const [from, to] = [`${profile.day}T00`, `${profile.day}T23`];
    // A day begins for all keys at once: what is fresh of them is read once.
    const counts = await this.#dependencies.usage.counts(subject, from, to, fresh);
    return closeDay(
      profile,
      counts.map(({ count }) => count),
      last,
    );
  }

  async #findInRefusals(
    batch: LogBatch,
    { subject, hour }: SubjectHour,
    state: WatchedState,
  ): Promise<Found | undefined> {
    const find = (rules: (hour: RefusalHour) => Finding | undefined, requestIds: string[], named: object) => {
      const foundIn = (counts: WatchedState, at: string) => {
        const { causes, networks, keyIds } = counts.count({ subject, hour: at });
        return [rules({ hour: at, causes, networks, keyIds, ...named, requestIds })].filter(isFound);
      };
      const [finding] = foundIn(state, hour);
      return finding && { finding, subject, foundIn };
    };
    if (subject.kind === 'network' && !NO_NETWORK.includes(subject.network)) {
      const { network } = subject;
      const from = ({ sourceIp }: { sourceIp: string | undefined }) => networkOf(sourceIp ?? '') === network;
      const requestIds = refusedRequestIds(batch, hour, from);
      return find((at) => findInNetworkHour(network, at), requestIds, { networks: { [network]: 1 } });
    }
    if (subject.kind !== 'namedKey') return undefined;
    const { keyId } = subject;
    const { causes } = state.count({ subject, hour });
    if (!hasNamedKeyFinding({ hour, causes, networks: {}, keyIds: {}, requestIds: [] })) return undefined;
    const tenantId = await this.#dependencies.tenantOf(keyId);
    if (tenantId === undefined) return undefined;
    const requestIds = refusedRequestIds(batch, hour, (refusal) => refusal.keyId === keyId);
    return find((at) => findInNamedKeyHour({ keyId, tenantId }, at), requestIds, { keyIds: { [keyId]: 1 } });
  }

  /** @returns those that had not been found before */
  async #keep(all: readonly Found[], batchId: string): Promise<Finding[]> {
    const kept: Finding[] = [];
    for (const found of all) {
      const name = compositeKey(alertIdOf(found.finding), lastHourOf(found.finding));
      if (this.#known.get(name)) continue;
      const told = await this.#tell(await this.#inEpisode(found), batchId);
      if (told !== undefined) kept.push(told);
      this.#known.set(name, true);
    }
    return kept;
  }

  /** The earlier hours of the day are read only once something was found, and once for each hour that it goes on. */
  async #inEpisode({ finding, subject, foundIn }: Found): Promise<Finding> {
    const hours = hoursBefore(lastHourOf(finding)).map((hour) => ({ subject, hour }));
    if (hours.length === 0 || isOfCountry(finding)) return finding;
    const state = await this.#dependencies.profiles.read([], hours);
    return inEpisode(finding, (hour) => foundIn(state, hour));
  }

  /** Keeps an alert, unless there is one that nobody has seen to. @returns what it is of; undefined when there is */
  async #tell(finding: Finding, batchId: string): Promise<Finding | undefined> {
    const { alerts, now, randomBytes } = this.#dependencies;
    let telling: Finding | undefined = finding;
    while (telling !== undefined) {
      const time = now();
      const actor = { type: 'system', id: 'keywright' } as const;
      const context = { now: time, actor, requestId: batchId, eventId: eventId(time, randomBytes) };
      if (await alerts.create(raise(telling, context))) return telling;
      const alert = await alerts.get(alertIdOf(telling), time);
      telling = alert && afterAcknowledgement(telling, alert);
    }
    return undefined;
  }
}

/** Whether it is told of once for a country, whatever was counted in which hour. */
function isOfCountry({ kind }: Finding): boolean {
  return kind === 'newCountry' || kind === 'impossibleTravel';
}

function isFound(finding: Finding | undefined): finding is Finding {
  return finding !== undefined;
}

function findAll(key: WatchedKey, profile: KeyProfile, state: WatchedState): Found[] {
  const { caller, traces, visits } = key;
  const subject = { kind: 'credential', keyId: caller.keyId } as const;
  const foundIn = (counts: WatchedState, hour: string) => {
    const { requests, statuses, networks, countries } = counts.count({ subject, hour });
    const counted = { caller, hour, requests, statuses, networks, countries, traces: traces.get(hour) ?? [] };
    return findInKeyHour(counted, usualBefore(profile, hour));
  };
  const inHours = [...traces.keys()].flatMap((hour) => foundIn(state, hour));
  const all = [...inHours, ...findInGeography(caller, profile, visits)];
  return all.map((finding) => ({ finding, subject, foundIn }));
}

function hoursOf({ caller, traces }: WatchedKey): SubjectHour[] {
  const subject = { kind: 'credential', keyId: caller.keyId } as const;
  return [...traces.keys()].map((hour) => ({ subject, hour }));
}

function isRefusal({ subject }: Tally): boolean {
  return subject.kind === 'network' || subject.kind === 'namedKey';
}
