import * as z from 'zod';
import type { EventType } from '../events.ts';
import { type EventDefinition, event, time } from './definition.ts';
import { about, strings } from './values.ts';

const alertId = z.string().meta({ description: 'Under which GET /v1/alerts lists it' });
const KINDS = [
  'networkAuthFailures',
  'keyAuthFailures',
  'clientErrors',
  'rateLimitExceeded',
  'requestSpike',
  'newCountry',
  'impossibleTravel',
  'oldSecretInUse',
] as const;

const evidence = z
  .strictObject({
    window: z.strictObject({ from: time, to: time }),
    measured: z.number().meta({
      description: 'Requests, failures, or minutes between two places, when the threshold was reached',
    }),
    threshold: z.number(),
    usual: z.number().nullable().meta({ description: 'null where the rule knows no usual' }),
    counts: z
      .record(z.string(), z.number())
      .meta({ description: 'Parts of what was measured: by status, cause or country' }),
    networks: strings,
    countries: strings,
    keyIds: strings.meta({ description: 'Keys that were named, whoever named them' }),
    requestIds: strings,
  })
  .meta({ description: 'What was looked at, counted in it and compared with; lists are bounded' });

const found = (...kinds: [(typeof KINDS)[number], ...(typeof KINDS)[number][]]) =>
  z.strictObject({ alertId, kind: z.enum(kinds), evidence });

const exampleEvidence = {
  window: { from: '2026-11-22T11:00:00.000Z', to: '2026-11-22T12:00:00.000Z' },
  measured: 0,
  threshold: 0,
  usual: null,
  counts: {},
  networks: ['203.0.113.0/24'],
  countries: ['DE'],
  keyIds: ['key_8sK2mQ4vXz1b'],
  requestIds: ['f1c5f7a0-1b7e-4a53-9f0e-3a9d3c0f5b11'],
};

/** What stands out in the traffic, each once for a credential or network and day; and in the audit log. */
export const FINDING_EVENTS = {
  'auth.failureBurst': event({
    when: 'One network tried many texts that are no valid key, or one key was presented that has ended or with a wrong secret, again and again within an hour.',
    actors: ['system'],
    subjects: ['network', 'apiKey', 'subscription'],
    data: found('networkAuthFailures', 'keyAuthFailures'),
    example: {
      alertId: 'alert_3nF8rTqL0wZy',
      kind: 'networkAuthFailures',
      evidence: {
        ...exampleEvidence,
        measured: 128,
        threshold: 100,
        counts: { unknown_key: 121, wrong_secret: 7 },
        countries: [],
      },
    },
  }),
  'auth.geoAnomaly': event({
    when: 'A key was used from a country that is new for it, or from two that are too far apart for the time between.',
    actors: ['system'],
    subjects: ['apiKey', 'subscription'],
    data: found('newCountry', 'impossibleTravel'),
    example: {
      alertId: 'alert_9cVb2hJ6sKpD',
      kind: 'impossibleTravel',
      evidence: {
        ...exampleEvidence,
        measured: 35,
        threshold: 60,
        counts: { BR: 3, DE: 41 },
        countries: ['BR', 'DE'],
      },
    },
  }),
  'rateLimit.exceeded': event({
    when: 'A key met its limits many times within an hour.',
    actors: ['system'],
    subjects: ['apiKey', 'subscription'],
    data: found('rateLimitExceeded'),
    example: {
      alertId: 'alert_7mXe4aWt1uGo',
      kind: 'rateLimitExceeded',
      evidence: { ...exampleEvidence, measured: 240, threshold: 100, counts: { '200': 900, '429': 240 } },
    },
  }),
  'usage.clientErrors': event({
    when: 'An unusual share of a key’s requests within an hour was answered 4xx.',
    actors: ['system'],
    subjects: ['apiKey', 'subscription'],
    data: found('clientErrors'),
    example: {
      alertId: 'alert_5pRk8dNz3yQs',
      kind: 'clientErrors',
      evidence: {
        ...exampleEvidence,
        measured: 310,
        threshold: 100,
        usual: 0.02,
        counts: { '403': 190, '404': 120 },
      },
    },
  }),
  'usage.spike': event({
    when: 'A key sent many times what it sends in its busiest hours.',
    actors: ['system'],
    subjects: ['apiKey', 'subscription'],
    data: found('requestSpike'),
    example: {
      alertId: 'alert_1bHf6jCv9xLm',
      kind: 'requestSpike',
      evidence: {
        ...exampleEvidence,
        measured: 21_400,
        threshold: 5350,
        usual: 1070,
        counts: { '200': 21_400 },
      },
    },
  }),
  'rotation.oldSecretInUse': event({
    when: 'A program that rotates its stored key came to its next turn while somebody still used the secret that it would have ended.',
    actors: ['system'],
    subjects: ['apiKey', 'subscription'],
    data: found('oldSecretInUse'),
    example: {
      alertId: 'alert_7kQx2mVb9sLd',
      kind: 'oldSecretInUse',
      evidence: { ...exampleEvidence, measured: 95, threshold: 1440 },
    },
  }),
  'alert.acknowledged': event({
    when: 'Somebody has looked at a finding’s alert.',
    actors: ['admin'],
    subjects: ['alert'],
    data: z.strictObject({ kind: z.enum(KINDS), about, note: z.string().nullable() }),
    example: {
      kind: 'requestSpike',
      about: { type: 'apiKey', id: 'key_8sK2mQ4vXz1b' },
      note: 'Black Friday, as announced',
    },
  }),
  'alert.assigned': event({
    when: 'Somebody was asked to look at a finding’s alert, or nobody any more.',
    actors: ['admin'],
    subjects: ['alert'],
    data: z.strictObject({
      kind: z.enum(KINDS),
      about,
      from: z.string().nullable(),
      to: z.string().nullable(),
    }),
    example: {
      kind: 'requestSpike',
      about: { type: 'apiKey', id: 'key_8sK2mQ4vXz1b' },
      from: null,
      to: 'jane@example.com',
    },
  }),
  'alert.snoozed': event({
    when: 'A finding’s alert was put off until later.',
    actors: ['admin'],
    subjects: ['alert'],
    data: z.strictObject({
      kind: z.enum(KINDS),
      about,
      until: time.nullable().meta({ description: 'null where it was put off and is to be looked at now' }),
    }),
    example: {
      kind: 'requestSpike',
      about: { type: 'apiKey', id: 'key_8sK2mQ4vXz1b' },
      until: '2026-11-23T09:00:00.000Z',
    },
  }),
  'audit.gap': event({
    when: 'The log lacks the event of a change that was made: told once for each, when it can’t be on its way any more.',
    actors: ['system'],
    subjects: ['apiKey', 'subscription', 'tenant', 'team', 'api', 'product', 'approval', 'alert', 'signUp'],
    data: z.strictObject({
      revision: z.int().meta({ description: 'Which change of the subject it was' }),
      changedBefore: time.meta({ description: 'It was made no later' }),
    }),
    example: { revision: 7, changedBefore: '2026-11-21T09:14:03.512Z' },
  }),
} as const satisfies Partial<Record<EventType, EventDefinition>>;
