import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { QueryCommand, type TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../core/contract/events.ts';
import { AuditLog } from '../../core/store/audit-log.ts';

const START = Date.parse('2026-06-01T12:00:00Z');
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const event = (i: number, bytes = 0): AuditEvent =>
  ({
    ...{ id: `e${String(i).padStart(6, '0')}`, version: 1, type: 'apiKey.created', tenantId: 'tenant_a' },
    ...{
      time: new Date(START + i).toISOString(),
      actor: { type: 'system', id: 'keywright' },
      requestId: 'r',
    },
    ...{ subject: { type: 'apiKey', id: 'key_0123456789AB' }, data: { text: 'x'.repeat(bytes) } },
  }) as unknown as AuditEvent;

function cancelled(...codes: readonly string[]): TransactionCanceledException {
  const CancellationReasons = codes.map((Code) => ({ Code }));
  return new TransactionCanceledException({ message: 'cancelled', $metadata: {}, CancellationReasons });
}

/** Events in each transaction that was sent; the outcome of each is the test's. */
let sent: number[];
let waits: number[];
let queries: number;
let outcome: (events: number, transaction: number) => unknown;
beforeEach(() => {
  [sent, waits, queries] = [[], [], 0];
  outcome = () => undefined;
});

const log = (random = 0.5) =>
  new AuditLog({
    table: {
      name: 'audit',
      client: {
        send: async (command: unknown) => {
          if (command instanceof QueryCommand) {
            queries += 1;
            return { Items: [] };
          }
          const { TransactItems = [] } = (command as TransactWriteCommand).input;
          const events = TransactItems.filter(({ Put }) => Put?.ConditionExpression !== undefined).length / 2;
          sent.push(events);
          const failure = outcome(events, sent.length);
          if (failure !== undefined) throw failure;
          return {};
        },
      } as never,
    },
    retentionDays: 0,
    now: () => new Date(START),
    random: () => random,
    wait: async (milliseconds) => void waits.push(milliseconds),
  });

describe('a transaction of the audit log', () => {
  test.each([
    [1, [1]],
    [33, [33]],
    [34, [33, 1]],
    [67, [33, 33, 1]],
  ])('has 33 events at most: %i', async (count, transactions) => {
    const { failure, head } = await log().append(
      'tenant_a',
      numbers(count).map((i) => event(i)),
    );
    expect([failure, head?.seq, sent, queries]).toEqual([undefined, count, transactions, 1]);
  });

  test('has three megabytes at most, or one event that is larger', async () => {
    const empty = Buffer.byteLength(JSON.stringify(event(0)));
    const third = 1024 * 1024 - empty;
    await log().append(
      'tenant_a',
      numbers(4).map((i) => event(i, third)),
    );
    expect(sent).toEqual([3, 1]);
    sent.length = 0;
    await log().append('tenant_a', [event(0, third + 1), ...numbers(3).map((i) => event(i + 1, third))]);
    expect(sent).toEqual([2, 2]);
    sent.length = 0;
    await log().append('tenant_a', [event(0, 4 * third), event(1)]);
    expect(sent).toEqual([1, 1]);
  });

  test('keeps an event once, however often it is in a batch', async () => {
    const { head } = await log().append('tenant_a', [event(1), event(2), event(1)]);
    expect([head?.seq, sent]).toEqual([2, [2]]);
  });
});

describe('another publisher is first', () => {
  test.each([
    ['took the number', ['None', 'ConditionalCheckFailed']],
    ['is about to', ['TransactionConflict', 'None']],
  ])('%s: the end is read anew, after waits that grow to half a second, twelve times', async (_, codes) => {
    outcome = () => cancelled(...codes);
    const { failure, head } = await log().append('tenant_a', [event(1)]);
    expect(failure).toEqual({
      event: event(1),
      cause: expect.any(TransactionCanceledException),
      isOwn: false,
    });
    expect(head).toBeUndefined();
    expect(sent).toHaveLength(12);
    expect(waits).toEqual([10, 20, 40, 80, 160, 250, 250, 250, 250, 250, 250]);
    // And once more for the head.
    expect(queries).toBe(13);
  });

  test('eleven times is not too often, and is counted anew for what comes next', async () => {
    outcome = (_, n) => (n % 12 === 0 ? undefined : cancelled('TransactionConflict'));
    const { failure } = await log().append(
      'tenant_a',
      numbers(34).map((i) => event(i)),
    );
    expect([failure, sent.length]).toEqual([undefined, 24]);
  });
});

describe('what fails', () => {
  const validation = () => cancelled('None', 'ValidationError');

  test('for an event of its own is halved until it is alone, and all before it are kept', async () => {
    const bad = 5;
    let kept = 0;
    outcome = (events) => {
      if (kept <= bad && kept + events > bad) return validation();
      kept += events;
      return undefined;
    };
    const { failure, head } = await log().append(
      'tenant_a',
      numbers(8).map((i) => event(i)),
    );
    expect(failure).toEqual({ event: event(bad), cause: expect.any(Error), isOwn: true });
    expect([head, kept]).toEqual([undefined, bad]);
    expect(sent).toEqual([8, 4, 4, 2, 1, 1]);
  });

  test('is kept already is left out, and the rest written', async () => {
    outcome = (_, n) => (n === 1 ? cancelled('ConditionalCheckFailed', 'None', 'None', 'None') : undefined);
    const { failure } = await log().append('tenant_a', [event(1), event(2)]);
    expect([failure, sent, waits]).toEqual([undefined, [2, 1], []]);
  });

  test.each([
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), false],
    [Object.assign(new Error('throttled'), { name: 'ThrottlingException' }), false],
    [Object.assign(new Error('x'), { $metadata: {} }), false],
    [new Error('no value'), true],
    [new TypeError('no value'), true],
    [new RangeError('no value'), true],
    [new SyntaxError('no value'), false],
    ['no error', false],
  ])('%p is the event’s own: %p', async (cause, isOwn) => {
    outcome = () => cause;
    const { failure } = await log().append('tenant_a', [event(1)]);
    expect(failure).toEqual({ event: event(1), cause, isOwn });
    expect(sent).toEqual([1]);
  });
});
