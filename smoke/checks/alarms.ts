import type { Aws } from '../aws.ts';
import { judged } from '../finding.ts';
import { call } from '../http-call.ts';
import { endKey, eventually, makeKey, type World } from '../world.ts';

const SECONDS = 60;

/** Rings an alarm, sees whether it got through, and whether anybody hears it. */
export async function alarms(world: World): Promise<void> {
  if (world.isLocal) return locally(world);
  const { aws, alarmTopic: topic, tell } = world;
  if (aws === undefined || topic === undefined) {
    const advice =
      'Give --profile of an account that may read CloudFormation, CloudWatch and SNS, to ring an alarm and see who would hear it.';
    for (const promise of [
      'an alarm that rings is delivered to its topic',
      'somebody has confirmed to hear alarms',
    ]) {
      tell({ chapter: 'alarms', promise, verdict: 'not asked', advice });
    }
    return;
  }
  await subscribers(world, aws, topic);
  await ring(world, aws, topic);
}

/** `npm start` shows what rings and what is mailed; there, as on AWS, the topic’s policy decides. */
async function locally(world: World): Promise<void> {
  const { url, management, tell, signal } = world;
  const shown = async <Item>(what: 'alarms' | 'mail'): Promise<Item[]> =>
    JSON.parse((await call({ url: `${url.replace(/\/+$/, '')}/keywright-local/${what}`, signal })).text)
      .items;
  const { keyId } = await makeKey(world, 'sandbox');
  await endKey(management, keyId);
  const rings = await eventually(world, SECONDS, async () =>
    (await shown<{ name: string; state: string }>('alarms')).some(
      ({ name, state }) => name === 'KeyRevoked' && state === 'ALARM',
    ),
  );
  tell(
    judged({
      chapter: 'alarms',
      promise: 'the alarm KeyRevoked rings',
      isKept: rings,
      advice: 'Look into logs/server.log of the data folder.',
    }),
  );
  const isTold = await eventually(world, SECONDS, async () =>
    (await shown<{ message: string }>('mail')).some(({ message }) => message.includes(keyId)),
  );
  tell(
    judged({
      chapter: 'alarms',
      promise: 'a message names the key that was revoked',
      isKept: isTold,
      seen: keyId,
      advice: 'Look into logs/server.log of the data folder for what a topic’s policy refused.',
    }),
  );
}

async function subscribers({ tell }: World, aws: Aws, topic: string): Promise<void> {
  const { Subscriptions } = await aws.ask<{ Subscriptions: { SubscriptionArn: string; Protocol: string }[] }>(
    ...['sns', 'list-subscriptions-by-topic', '--topic-arn', topic],
  );
  const waiting = Subscriptions.filter(({ SubscriptionArn }) => !SubscriptionArn.startsWith('arn:'));
  const confirmed = Subscriptions.length - waiting.length;
  tell(
    judged({
      chapter: 'alarms',
      promise: 'somebody has confirmed to hear alarms',
      isKept: confirmed > 0 && waiting.length === 0,
      seen: `${confirmed} confirmed, ${waiting.length} not`,
      advice:
        confirmed === 0
          ? 'No alarm reaches anybody. Set `alarmEmails` in cdk.json and deploy, or confirm the mail that SNS has sent (docs/operate/deploy.md, «Hear an alarm»).'
          : 'Confirm the mail that SNS has sent to each address of `alarmEmails`, or take out the address.',
    }),
  );
}

/** By hand, so that nothing has to go wrong: what the alarm watches puts it back by itself. */
async function ring(world: World, aws: Aws, topic: string): Promise<void> {
  const { undo, tell } = world;
  const { MetricAlarms } = await aws.ask<{ MetricAlarms: { AlarmName: string; AlarmActions: string[] }[] }>(
    ...['cloudwatch', 'describe-alarms', '--alarm-types', 'MetricAlarm'],
  );
  const alarm = MetricAlarms.find(
    ({ AlarmName, AlarmActions }) => AlarmActions.includes(topic) && /KeyLeaked/.test(AlarmName),
  );
  const promise = 'an alarm that rings is delivered to its topic';
  if (alarm === undefined) {
    const advice =
      'Deploy KeywrightControl again: no alarm KeyLeaked has the topic of its output AlarmTopicArn.';
    tell({ chapter: 'alarms', promise, verdict: 'broken', seen: 'no alarm is there', advice });
    return;
  }
  const name = alarm.AlarmName;
  const begun = new Date(Date.now() - 5000).toISOString();
  const set = (state: string, reason: string) =>
    aws.ask(
      ...[
        'cloudwatch',
        'set-alarm-state',
        '--alarm-name',
        name,
        '--state-value',
        state,
        '--state-reason',
        reason,
      ],
    );
  undo.add(`the alarm ${name}, rung by hand`, () => set('OK', 'the smoke test is over'));
  await set('ALARM', 'smoke test: proof that alarms arrive');
  let summary = 'nothing in its history';
  await eventually(world, SECONDS, async () => {
    const { AlarmHistoryItems } = await aws.ask<{ AlarmHistoryItems: { HistorySummary: string }[] }>(
      ...['cloudwatch', 'describe-alarm-history', '--alarm-name', name],
      ...['--history-item-type', 'Action', '--start-date', begun],
    );
    summary = AlarmHistoryItems[0]?.HistorySummary ?? summary;
    return AlarmHistoryItems.length > 0;
  });
  tell(
    judged({
      chapter: 'alarms',
      promise,
      isKept: summary.startsWith('Successfully executed'),
      seen: summary,
      advice: `CloudWatch may not publish to ${topic}. Its policy must let cloudwatch.amazonaws.com publish, and its key’s policy let it decrypt; both are KeywrightControl’s, so deploy it again.`,
    }),
  );
}
