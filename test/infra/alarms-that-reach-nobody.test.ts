import { describe, expect, test } from '@jest/globals';
import { EVENT_SOURCE } from '../../core/contract/deployment.ts';
import {
  deliveredSchema,
  EVENTS,
  exampleOf,
  type JsonSchema,
} from '../../core/contract/event-schemas/event-schemas.ts';
import { EVENT_TYPES, type EventType } from '../../core/contract/events.ts';
import { recordFilter } from '../../emulator/aws/event-filter.ts';
import { type InputTransformer, transformed } from '../../emulator/aws/input-transformer.ts';
import { Topics } from '../../emulator/aws/topics.ts';
import type { TemplateResource } from '../../emulator/template/resources.ts';
import { ACCOUNT_ID, REGION, synthesize, WHOLE } from './synthesized-stacks.ts';

const stacks = synthesize({
  ...WHOLE,
  auditArchive: { mode: 'governance', retentionDays: 365 },
  usageFiles: {},
});
const topic = stacks.one('AWS::SNS::Topic');
const alarms = stacks.ofType('AWS::CloudWatch::Alarm');

interface Target {
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly InputTransformer?: InputTransformer;
}
const rules = stacks.ofType('AWS::Events::Rule').flatMap(({ Arn, Properties }) =>
  ((Properties.Targets ?? []) as Target[])
    .filter((target) => target.Arn.startsWith('arn:aws:sns:'))
    .map((target) => ({
      arn: String(Arn),
      pattern: Properties.EventPattern as object,
      target,
      Properties,
    })),
);

/** What the topics of these resources take from whom, by the policies that stand there. */
function taken(
  resources: readonly TemplateResource[],
  sources: readonly { service: string; sourceArn: string; topicArn: string }[],
): { reached: number; log: string[] } {
  const log: string[] = [];
  const topics = new Topics(resources, { now: () => new Date(0), log: (line) => void log.push(line) });
  for (const source of sources) topics.publish({ ...source, subject: 's', message: 'm' });
  return { reached: topics.messages().length, log };
}

const ofAlarms = alarms.flatMap(({ Arn, Properties }) =>
  ['AlarmActions', 'OKActions', 'InsufficientDataActions'].flatMap((actions) =>
    ((Properties[actions] ?? []) as string[]).map((topicArn) => ({
      service: 'cloudwatch.amazonaws.com',
      sourceArn: String(Arn),
      topicArn,
    })),
  ),
);
const ofRules = rules.map(({ arn, target }) => ({
  service: 'events.amazonaws.com',
  sourceArn: arn,
  topicArn: target.Arn,
}));

/** The resources with one kind of them changed, as somebody who errs would change the template. */
const planted = (type: string, change: (properties: Record<string, unknown>) => Record<string, unknown>) =>
  stacks.resources.map((resource) =>
    resource.Type === type
      ? { ...resource, Properties: change(structuredClone(resource.Properties)) }
      : resource,
  );
type Statement = { Sid?: string; Condition?: Record<string, Record<string, unknown>> };
const without = (policy: string, sid: string) => (properties: Record<string, unknown>) => {
  const document = properties[policy] as { Statement: Statement[] };
  return { ...properties, [policy]: { Statement: document.Statement.filter(({ Sid }) => Sid !== sid) } };
};

describe('a topic with a policy of its own lets nobody in whom it does not name', () => {
  test('every alarm may publish to the topic of each of its actions, and use its key', () => {
    expect(ofAlarms.length).toBeGreaterThanOrEqual(alarms.length * 2);
    expect(taken(stacks.resources, ofAlarms)).toEqual({ reached: ofAlarms.length, log: [] });
  });

  test('every rule that has a topic as its target may publish there, and use its key', () => {
    expect(ofRules).not.toEqual([]);
    expect(taken(stacks.resources, ofRules)).toEqual({ reached: ofRules.length, log: [] });
  });

  test.each([
    ['the statement for alarms', 'AWS::SNS::TopicPolicy', 'PolicyDocument', 'AlarmsPublish', ofAlarms],
    ['the statement for rules', 'AWS::SNS::TopicPolicy', 'PolicyDocument', 'EventsPublish', ofRules],
    ['CloudWatch’s use of the key', 'AWS::KMS::Key', 'KeyPolicy', 'AlarmsUseTheKey', ofAlarms],
    ['EventBridge’s use of the key', 'AWS::KMS::Key', 'KeyPolicy', 'RulesUseTheKey', ofRules],
  ] as const)('without %s messages are lost', (_, type, policy, sid, sources) => {
    const { reached, log } = taken(planted(type, without(policy, sid)), sources);
    expect(reached).toBeLessThan(sources.length);
    expect(log).toHaveLength(sources.length - reached);
  });

  test('a condition on the account silences EventBridge at the key, which is not told it', () => {
    const resources = planted('AWS::KMS::Key', (properties) => {
      const { Statement } = properties.KeyPolicy as { Statement: Statement[] };
      const narrowed = Statement.map((statement) =>
        statement.Sid === 'RulesUseTheKey'
          ? { ...statement, Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT_ID } } }
          : statement,
      );
      return { ...properties, KeyPolicy: { Statement: narrowed } };
    });
    expect(taken(resources, ofRules).reached).toBe(0);
  });

  test.each([
    [
      'an alarm of another account',
      'cloudwatch.amazonaws.com',
      `arn:aws:cloudwatch:${REGION}:999999999999:alarm:x`,
    ],
    ['another account’s rule', 'events.amazonaws.com', `arn:aws:events:${REGION}:999999999999:rule/x`],
    [
      'a rule of this account that is not ours',
      'events.amazonaws.com',
      `arn:aws:events:${REGION}:${ACCOUNT_ID}:rule/x`,
    ],
    ['another service', 's3.amazonaws.com', 'arn:aws:s3:::bucket'],
  ])('%s may not publish', (_, service, sourceArn) => {
    expect(
      taken(stacks.resources, [{ service, sourceArn, topicArn: String(topic.PhysicalId) }]).reached,
    ).toBe(0);
  });

  test('what is not sent over TLS is refused to everybody', () => {
    const { PolicyDocument } = stacks.one('AWS::SNS::TopicPolicy').Properties as {
      PolicyDocument: { Statement: object[] };
    };
    expect(PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  });

  test('no target has a role: with a key on the topic EventBridge may then fail to deliver', () => {
    expect(rules.filter(({ target }) => target.RoleArn !== undefined)).toEqual([]);
  });

  test('the key of the data is open to no service', () => {
    const key = stacks.one('AWS::KMS::Key', ({ KeyUsage }) => KeyUsage === undefined);
    expect(JSON.stringify(key.Properties.KeyPolicy)).not.toContain('"Service"');
  });
});

/** The field at a path of a schema; undefined where there is none, or it may be absent. */
function required(schema: JsonSchema | undefined, path: readonly string[]): JsonSchema | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return schema;
  if (!schema?.required?.includes(name)) return undefined;
  return required(schema.properties?.[name], rest);
}

describe('an alarm rings once, so what somebody should hear of by name has a message each', () => {
  const delivered = (type: EventType) => ({
    version: '0',
    id: '1',
    'detail-type': type,
    source: EVENT_SOURCE,
    account: ACCOUNT_ID,
    time: '2026-11-22T12:00:00Z',
    region: REGION,
    resources: [],
    detail: exampleOf(type),
  });
  const onBus = rules.filter(({ Properties }) => Properties.EventBusName === 'keywright');
  const matching = (type: EventType) =>
    onBus.filter(({ pattern }) =>
      recordFilter({ Filters: [{ Pattern: JSON.stringify(pattern) }] })(delivered(type)),
    );
  const TOLD = EVENT_TYPES.filter(
    (type) =>
      /^(clientKey|auth)\./.test(type) ||
      [
        'apiKey.created',
        'apiKey.revoked',
        'apiKey.leaked',
        'apiKey.digestsChanged',
        'subscription.requested',
      ].includes(type),
  );

  test('each of these events is told once, and no other is', () => {
    for (const type of EVENT_TYPES) {
      expect([type, matching(type).length]).toEqual([type, TOLD.includes(type) ? 1 : 0]);
    }
  });

  test.each(TOLD)('%s says what, whose, who, when and what to do', (type) => {
    const [rule] = matching(type);
    const example = exampleOf(type);
    const text = transformed(rule?.target.InputTransformer as InputTransformer, delivered(type));
    for (const part of [
      type,
      example.subject.id,
      String(example.tenantId),
      `${example.actor.type} ${example.actor.id}`,
      example.time,
      example.id,
      'Do: ',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toMatch(/<[^>]+>/);
  });

  test.each(TOLD)('every path that the message of %s names is always in the event', (type) => {
    const paths = Object.values(matching(type)[0]?.target.InputTransformer?.InputPathsMap ?? {});
    expect(paths).not.toEqual([]);
    for (const path of paths) {
      const field = required(deliveredSchema(type), path.split('.').slice(1));
      expect([path, field]).not.toEqual([path, undefined]);
    }
  });

  test('no message takes up a text that somebody wrote', () => {
    const ids = /^\$\.detail\.(id|time|tenantId|(actor|subject)\.(type|id)|data\.response)$/;
    for (const { target } of onBus) {
      for (const path of Object.values(target.InputTransformer?.InputPathsMap ?? {}))
        expect(path).toMatch(ids);
    }
    expect(EVENTS['apiKey.leaked'].data.shape.response).toMatchObject({ type: 'enum' });
  });

  test('a line is a text in quotes, and a template has at most 8,192 characters', () => {
    for (const { target } of rules) {
      const template = target.InputTransformer?.InputTemplate ?? '';
      expect(template.length).toBeLessThanOrEqual(8192);
      for (const line of template.split('\n')) expect(typeof JSON.parse(line)).toBe('string');
    }
  });
});
