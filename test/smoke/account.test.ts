import { expect, test } from '@jest/globals';
import { type Aws, outputsOf } from '../../smoke/aws.ts';
import { alarms } from '../../smoke/checks/alarms.ts';
import type { Finding } from '../../smoke/finding.ts';
import { Undo } from '../../smoke/undo.ts';
import type { World } from '../../smoke/world.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:alarms';
const CONFIRMED = { SubscriptionArn: `${TOPIC}:1`, Protocol: 'email' };
const WAITING = { SubscriptionArn: 'PendingConfirmation', Protocol: 'email' };

/** An account whose alarm does this when it rings, and whose topic has these subscriptions. */
function account(summary: string, subscriptions: readonly object[]): Aws & { readonly states: string[] } {
  const states: string[] = [];
  const answers: Record<string, object> = {
    'list-subscriptions-by-topic': { Subscriptions: subscriptions },
    'describe-alarms': {
      MetricAlarms: [
        { AlarmName: 'KeywrightControl-KeyLeaked-1', AlarmActions: [] },
        { AlarmName: 'KeywrightControl-KeyLeaked-2', AlarmActions: [TOPIC] },
      ],
    },
    'describe-alarm-history': { AlarmHistoryItems: [{ HistorySummary: summary }] },
  };
  return {
    states,
    region: 'eu-central-1',
    credentials: () => Promise.reject(new Error('nobody signs here')),
    async ask<Answer>(...words: string[]) {
      if (words[1] === 'set-alarm-state') states.push(`${words[3]} ${words[5]}`);
      return (answers[words[1] ?? ''] ?? {}) as Answer;
    },
  };
}

async function told(aws: Aws | undefined): Promise<Finding[]> {
  const findings: Finding[] = [];
  const undo = new Undo();
  const tell = (finding: Finding) => void findings.push(finding);
  const { signal } = new AbortController();
  const part = { aws, alarmTopic: TOPIC, isLocal: false, tell, undo, signal };
  await alarms(part as unknown as World);
  expect(await undo.all()).toEqual([]);
  return findings;
}

test('an alarm is rung by hand, its action read from its history, and put back', async () => {
  const aws = account(`Successfully executed action ${TOPIC}`, [CONFIRMED]);
  expect((await told(aws)).map(({ verdict }) => verdict)).toEqual(['held', 'held']);
  expect(aws.states).toEqual(['KeywrightControl-KeyLeaked-2 ALARM', 'KeywrightControl-KeyLeaked-2 OK']);
});

test('an action that failed is told with what must let it', async () => {
  const [, rung] = await told(account(`Failed to execute action ${TOPIC}`, [CONFIRMED]));
  expect(rung).toMatchObject({
    verdict: 'broken',
    advice: expect.stringContaining('cloudwatch.amazonaws.com'),
  });
});

test.each([
  ['nobody', [], '0 confirmed, 0 not', /alarmEmails/],
  ['an address that has not confirmed', [WAITING], '0 confirmed, 1 not', /No alarm reaches anybody/],
  ['one that has and one that has not', [CONFIRMED, WAITING], '1 confirmed, 1 not', /Confirm the mail/],
])('a topic that %s is subscribed to is told', async (_, subscriptions, seen, advice) => {
  const [heard] = await told(account('Successfully executed action', subscriptions));
  expect(heard).toMatchObject({ verdict: 'broken', seen, advice: expect.stringMatching(advice) });
});

test('without credentials alarms are not asked after', async () => {
  expect((await told(undefined)).map(({ verdict }) => verdict)).toEqual(['not asked', 'not asked']);
});

test('a stack that is not deployed has no outputs; another failure is no answer', async () => {
  const failing = (message: string): Aws => ({
    region: '',
    credentials: () => Promise.reject(new Error()),
    ask: () => Promise.reject(new Error(message)),
  });
  expect(await outputsOf(failing('Stack with id KeywrightDemo does not exist'), 'KeywrightDemo')).toEqual({});
  await expect(outputsOf(failing('The security token is expired'), 'KeywrightDemo')).rejects.toThrow(
    'expired',
  );
});
