import { describe, expect, test } from '@jest/globals';
import {
  acknowledge,
  afterAcknowledgement,
  alertIdOf,
  assign,
  FINDING_KINDS,
  type Finding,
  hoursBefore,
  inEpisode,
  isSnoozed,
  lastHourOf,
  raise,
  snooze,
  suggestionFor,
} from '../../../core/domain/security/finding.ts';
import { context, NOW } from '../context.ts';

const finding = (changes: Partial<Finding> = {}, to = '2026-11-22T11:00:00.000Z'): Finding => ({
  ...{ kind: 'clientErrors', tenantId: 'tenant_acme', occurrence: '2026-11-22T10' },
  subject: { type: 'apiKey', id: 'key_1' },
  evidence: {
    window: { from: '2026-11-22T10:00:00.000Z', to },
    ...{ measured: 1, threshold: 1, usual: null, counts: {} },
    ...{ networks: [], countries: [], keyIds: [], requestIds: [] },
  },
  ...changes,
});

test('the same finding is one alert, and what differs in topic, subject or occurrence is another', () => {
  expect(alertIdOf(finding())).toMatch(/^alert_[0-9A-Za-z]{12}$/);
  const ids = [
    finding(),
    finding({ kind: 'requestSpike' }),
    finding({ subject: { type: 'apiKey', id: 'key_2' } }),
    finding({ occurrence: '2026-11-22T11' }),
  ].map(alertIdOf);
  expect(new Set(ids).size).toBe(4);
  expect(alertIdOf(finding({}, '2026-11-22T10:30:00.000Z'))).toBe(ids[0]);
  expect(alertIdOf(finding({ kind: 'newCountry' }))).toBe(alertIdOf(finding({ kind: 'impossibleTravel' })));
});

test('every kind says what can be done about it', () => {
  const suggestions = FINDING_KINDS.map(suggestionFor);
  expect(new Set(suggestions).size).toBe(FINDING_KINDS.length);
  for (const suggestion of suggestions) expect(suggestion.length).toBeGreaterThan(50);
});

test.each([
  ['networkAuthFailures', 'auth.failureBurst'],
  ['keyAuthFailures', 'auth.failureBurst'],
  ['clientErrors', 'usage.clientErrors'],
  ['rateLimitExceeded', 'rateLimit.exceeded'],
  ['requestSpike', 'usage.spike'],
  ['newCountry', 'auth.geoAnomaly'],
  ['impossibleTravel', 'auth.geoAnomaly'],
] as const)('%s is raised as an open alert, and announced by %s', (kind, type) => {
  const found = finding({ kind });
  const { state, event } = raise(found, context());
  const alertId = alertIdOf(found);
  expect(state).toEqual({ ...found, alertId, state: 'open', foundAt: NOW.toISOString(), revision: 1 });
  expect(event).toMatchObject({ type, tenantId: 'tenant_acme', subject: found.subject });
  expect(event.data).toEqual({ alertId, kind, evidence: found.evidence });
});

test('an hour belongs to what ends with it, and a millisecond later to the next', () => {
  expect(lastHourOf(finding())).toBe('2026-11-22T10');
  expect(lastHourOf(finding({}, '2026-11-22T11:00:00.001Z'))).toBe('2026-11-22T11');
});

test('the hours before one are those of its day, the last first', () => {
  expect(hoursBefore('2026-11-22T03')).toEqual(['2026-11-22T02', '2026-11-22T01', '2026-11-22T00']);
  expect(hoursBefore('2026-11-22T00')).toEqual([]);
  expect(hoursBefore('2026-11-22T12').slice(0, 3)).toEqual([
    '2026-11-22T11',
    '2026-11-22T10',
    '2026-11-22T09',
  ]);
});

describe('an episode', () => {
  const inHours =
    (...hours: string[]) =>
    (hour: string) =>
      hours.includes(hour) ? [finding({ occurrence: hour })] : [];

  test('goes back to its first hour without a break, and no further than the day', () => {
    const begins = (...hours: string[]) => inEpisode(finding(), inHours(...hours)).occurrence;
    expect(begins()).toBe('2026-11-22T10');
    expect(begins('2026-11-22T09', '2026-11-22T08')).toBe('2026-11-22T08');
    expect(begins('2026-11-22T09', '2026-11-22T07')).toBe('2026-11-22T09');
    const all = hoursBefore('2026-11-22T10');
    expect(begins(...all, '2026-11-21T23')).toBe('2026-11-22T00');
  });

  test('is of one kind, and of what else the occurrence says', () => {
    const other = (hour: string) => [finding({ kind: 'requestSpike', occurrence: hour })];
    expect(inEpisode(finding(), other).occurrence).toBe('2026-11-22T10');
    const named = finding({ occurrence: 'wrong_secret 2026-11-22T10' });
    expect(inEpisode(named, inHours('2026-11-22T09')).occurrence).toBe('wrong_secret 2026-11-22T10');
    const same = (hour: string) =>
      hour === '2026-11-22T09' ? [finding({ occurrence: `wrong_secret ${hour}` })] : [];
    expect(inEpisode(named, same)).toEqual({ ...named, occurrence: 'wrong_secret 2026-11-22T09' });
  });
});

describe('what went on after somebody had seen to it', () => {
  const seen = (at: string, occurrence = '2026-11-22T10') => ({
    ...raise(finding({ occurrence }), context()).state,
    ...{ state: 'acknowledged' as const, acknowledgedAt: at },
  });
  const until = (to: string) => finding({}, to);

  test('is another finding from the next hour on', () => {
    const after = afterAcknowledgement(until('2026-11-22T13:30:00.000Z'), seen('2026-11-22T12:05:00.000Z'));
    expect(after?.occurrence).toBe('2026-11-22T13');
    expect(
      afterAcknowledgement(until('2026-11-22T13:00:00.000Z'), seen('2026-11-22T12:05:00.000Z')),
    ).toBeUndefined();
  });

  test('is never of the hour that the alert was of, also where that was seen to before it began', () => {
    const early = seen('2026-11-22T08:00:00.000Z');
    expect(afterAcknowledgement(until('2026-11-22T11:00:00.000Z'), early)).toBeUndefined();
    expect(afterAcknowledgement(until('2026-11-22T11:00:00.001Z'), early)?.occurrence).toBe('2026-11-22T11');
  });

  test('is told only once somebody has', () => {
    const open = raise(finding(), context()).state;
    expect(afterAcknowledgement(until('2026-11-22T20:00:00.000Z'), open)).toBeUndefined();
  });
});

test('an alert is acknowledged once, by whom and when, with a note or none', () => {
  const alert = raise(finding(), context()).state;
  const { state, event } = acknowledge(alert, 'a test of ours', context());
  expect(state).toEqual({
    ...alert,
    ...{ state: 'acknowledged', acknowledgedBy: 'person-admin', acknowledgedAt: NOW.toISOString() },
    ...{ note: 'a test of ours', revision: 2 },
  });
  expect(event).toMatchObject({
    ...{ type: 'alert.acknowledged', tenantId: 'tenant_acme', subject: { type: 'alert', id: alert.alertId } },
    data: { kind: 'clientErrors', about: alert.subject, note: 'a test of ours' },
  });
  const silent = acknowledge(alert, undefined, context());
  expect([silent.event.data.note, 'note' in silent.state]).toEqual([null, false]);
  expect(() => acknowledge(state, undefined, context())).toThrow(
    expect.objectContaining({ code: 'invalid_state', message: expect.stringContaining(NOW.toISOString()) }),
  );
});

test('an open alert is given to somebody, to somebody else, and to nobody; the event says from whom to whom', () => {
  const alert = raise(finding(), context()).state;
  const given = assign(alert, 'jane@example.com', context());
  expect(given.state).toEqual({ ...alert, assignedTo: 'jane@example.com', revision: 2 });
  expect(given.event).toMatchObject({
    ...{ type: 'alert.assigned', subject: { type: 'alert', id: alert.alertId } },
    data: { kind: 'clientErrors', about: alert.subject, from: null, to: 'jane@example.com' },
  });
  const dropped = assign(given.state, null, context());
  expect(dropped.state).toEqual({ ...alert, revision: 3 });
  expect(dropped.event.data).toMatchObject({ from: 'jane@example.com', to: null });
});

test('an alert is put off for 30 days at most, is open all the time, and comes back by itself', () => {
  const alert = raise(finding(), context()).state;
  const at = (milliseconds: number) => new Date(NOW.getTime() + milliseconds);
  const month = 30 * 86_400_000;
  const { state, event } = snooze(alert, at(month).toISOString(), context());
  expect(state).toEqual({ ...alert, snoozedUntil: at(month).toISOString(), revision: 2 });
  expect(event).toMatchObject({ type: 'alert.snoozed', data: { until: at(month).toISOString() } });
  expect([isSnoozed(state, at(month - 1)), isSnoozed(state, at(month)), isSnoozed(alert, NOW)]).toEqual([
    ...[true, false, false],
  ]);
  expect(snooze(state, null, context())).toMatchObject({
    state: { ...alert, revision: 3 },
    event: { data: { until: null } },
  });
  for (const milliseconds of [0, -1, month + 1]) {
    expect(() => snooze(alert, at(milliseconds).toISOString(), context())).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'until' }),
    );
  }
  const seen = acknowledge(state, undefined, context()).state;
  expect(isSnoozed(seen, NOW)).toBe(false);
  expect(seen).not.toHaveProperty('snoozedUntil');
});

test('what was acknowledged is given to nobody and not put off', () => {
  const seen = acknowledge(raise(finding(), context()).state, undefined, context()).state;
  for (const again of [() => assign(seen, 'jane', context()), () => snooze(seen, null, context())])
    expect(again).toThrow(expect.objectContaining({ code: 'invalid_state' }));
});
