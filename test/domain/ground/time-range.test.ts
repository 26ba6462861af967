import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { badRange, LATEST_TIME, type RangeRules, timeRange } from '../../../core/domain/ground/time-range.ts';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const HOUR = 3_600_000;
const moment = (milliseconds: number) => new Date(NOW.getTime() + milliseconds).toISOString();
const range = (asked: Parameters<typeof timeRange>[0], rules: Partial<RangeRules> = {}) => {
  const { from, to } = timeRange(asked, { now: NOW, ...rules });
  return [from.toISOString(), to.toISOString()];
};
const refused = (message: unknown, param = 'from') =>
  expect.objectContaining({ code: 'invalid_request', param, message });

describe('a range', () => {
  test('ends after what has just happened, and begins at the beginning of time', () => {
    expect(range({})).toEqual(['0000-01-01T00:00:00.000Z', moment(1)]);
  });

  test('has no end where what is listed may be of times to come', () => {
    expect(range({}, { isOpen: true })[1]).toBe(new Date(LATEST_TIME).toISOString());
    expect(range({ to: moment(5) }, { isOpen: true })[1]).toBe(moment(5));
  });

  test('begins the usual time before its end, and never before the beginning of time', () => {
    expect(range({}, { usualMilliseconds: HOUR })).toEqual([moment(1 - HOUR), moment(1)]);
    expect(range({ to: moment(HOUR) }, { usualMilliseconds: HOUR })).toEqual([moment(0), moment(HOUR)]);
    expect(range({ from: moment(-5) }, { usualMilliseconds: HOUR })[0]).toBe(moment(-5));
    expect(range({ to: '0000-01-01T00:00:00.001Z' }, { usualMilliseconds: HOUR })[0]).toBe(
      '0000-01-01T00:00:00.000Z',
    );
  });

  test('of one millisecond is one, and an empty or reversed one is refused', () => {
    expect(range({ from: moment(0), to: moment(1) })).toEqual([moment(0), moment(1)]);
    const message = 'from must be earlier than to, which is now where it is not given';
    expect(() => range({ from: moment(0), to: moment(0) })).toThrow(refused(message));
    expect(() => range({ from: moment(1) })).toThrow(refused(message));
    expect(range({ from: moment(0) })).toEqual([moment(0), moment(1)]);
  });

  test('may be as long as the longest, and not a millisecond longer', () => {
    const longest = { milliseconds: HOUR, message: 'at most an hour' };
    expect(range({ from: moment(0), to: moment(HOUR) }, { longest })).toEqual([moment(0), moment(HOUR)]);
    expect(() => range({ from: moment(0), to: moment(HOUR + 1) }, { longest })).toThrow(
      refused('at most an hour'),
    );
  });

  test('takes the first and the last moment that have four digits of a year, and none beyond', () => {
    expect(range({ from: '0000-01-01T00:00:00.000Z', to: '9999-12-31T23:59:59.999Z' })).toEqual([
      '0000-01-01T00:00:00.000Z',
      '9999-12-31T23:59:59.999Z',
    ]);
    for (const text of ['-000001-12-31T23:59:59.999Z', '+010000-01-01T00:00:00.000Z', 'soon', '']) {
      const message = (param: string) => `${param}: expected a time of the years 0000 to 9999 in UTC`;
      expect(() => range({ from: text })).toThrow(refused(message('from')));
      expect(() => range({ to: text })).toThrow(refused(message('to'), 'to'));
    }
  });

  test('is never empty, whatever is asked for', () => {
    const time = fc.option(
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      { nil: undefined },
    );
    fc.assert(
      fc.property(time, time, fc.option(fc.nat(), { nil: undefined }), (from, to, usual) => {
        const rules: RangeRules = { now: NOW, ...(usual !== undefined && { usualMilliseconds: usual + 1 }) };
        try {
          const made = timeRange({ from, to }, rules);
          expect(made.from.getTime()).toBeLessThan(made.to.getTime());
          if (from !== undefined) expect(made.from.toISOString()).toBe(from);
          if (to !== undefined) expect(made.to.toISOString()).toBe(to);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_request' });
        }
      }),
    );
  });
});

test('a range that can’t be given is the caller’s fault, by its beginning', () => {
  expect(badRange('no such range')).toMatchObject({
    code: 'invalid_request',
    param: 'from',
    message: 'no such range',
  });
});
