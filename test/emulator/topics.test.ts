import { describe, expect, test } from '@jest/globals';
import { letsService, type ResourcePolicy } from '../../emulator/aws/resource-policy.ts';
import { Topics } from '../../emulator/aws/topics.ts';
import type { TemplateResource } from '../../emulator/template/resources.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:000000000000:alarms';
const CLOUDWATCH = 'cloudwatch.amazonaws.com';
const request = {
  service: CLOUDWATCH,
  action: 'sns:Publish',
  resource: TOPIC,
  context: {
    'aws:SourceArn': 'arn:aws:cloudwatch:eu-central-1:000000000000:alarm:a',
    'aws:SecureTransport': 'true',
  },
};
const allow = {
  Effect: 'Allow',
  Principal: { Service: CLOUDWATCH },
  Action: 'SNS:Publish',
  Resource: '*',
} as const;
const policy = (...Statement: ResourcePolicy['Statement'][number][]): ResourcePolicy => ({ Statement });
const under = (Condition: ResourcePolicy['Statement'][number]['Condition'] & object) =>
  letsService(policy({ ...allow, Condition }), request);

describe('a resource’s policy decides on a service as IAM does', () => {
  test('nothing is let in that nothing allows, and nothing that something denies', () => {
    expect(letsService(policy(), request)).toBe(false);
    expect(letsService(policy(allow), request)).toBe(true);
    expect(letsService(policy(allow, { ...allow, Effect: 'Deny', Principal: '*' }), request)).toBe(false);
    expect(letsService(policy({ ...allow, Principal: { AWS: '*' } }), request)).toBe(true);
    expect(letsService(policy({ ...allow, Principal: { AWS: 'arn:aws:iam::1:root' } }), request)).toBe(false);
    expect(letsService(policy({ ...allow, Action: ['sns:Get*'] }), request)).toBe(false);
    expect(letsService(policy({ ...allow, Resource: `${TOPIC}2` }), request)).toBe(false);
  });

  test('every condition must hold, by names in any case; what the service does not send meets none', () => {
    expect(under({ ArnLike: { 'AWS:SourceArn': 'arn:aws:cloudwatch:*:alarm:*' } })).toBe(true);
    expect(under({ ArnEquals: { 'aws:SourceArn': ['x', 'arn:aws:events:*'] } })).toBe(false);
    expect(under({ StringEquals: { 'aws:SourceAccount': '000000000000' } })).toBe(false);
    expect(under({ Bool: { 'aws:SecureTransport': 'true' }, StringLike: { 'aws:SourceArn': 'y' } })).toBe(
      false,
    );
    expect(under({ ArnNotEquals: { 'aws:PrincipalArn': 'arn:x' } })).toBe(true);
  });

  test('what is not evaluated here is refused aloud, not guessed at', () => {
    expect(() => under({ NumericLessThan: { x: '1' } })).toThrow('NumericLessThan');
    const { Action, ...rest } = allow;
    const strange = { ...rest, NotAction: 'sns:Get*' } as unknown as ResourcePolicy['Statement'][number];
    expect(() => letsService(policy(strange), request)).toThrow('NotAction');
  });
});

describe('a topic', () => {
  const resource = (Type: string, PhysicalId: string, Properties: object): TemplateResource => ({
    Type,
    PhysicalId,
    Arn: null,
    Properties: Properties as TemplateResource['Properties'],
    Metadata: {},
  });
  const messages = (resources: readonly TemplateResource[], service: string, sourceArn: string) => {
    const log: string[] = [];
    const topics = new Topics(resources, { now: () => new Date(0), log: (line) => void log.push(line) });
    topics.publish({ topicArn: TOPIC, service, sourceArn, subject: 'Subject', message: 'Message' });
    return [topics.messages().length, log.length];
  };
  const alarm = request.context['aws:SourceArn'];
  const rule = 'arn:aws:events:eu-central-1:000000000000:rule/r';
  const topic = resource('AWS::SNS::Topic', TOPIC, {});

  test('without a policy in a template lets CloudWatch in, and EventBridge not', () => {
    expect(messages([topic], CLOUDWATCH, alarm)).toEqual([1, 0]);
    expect(messages([topic], 'events.amazonaws.com', rule)).toEqual([0, 1]);
  });

  test('with a policy that only denies lets nobody in, and the log says so', () => {
    const Statement = [{ ...allow, Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }];
    const own = resource('AWS::SNS::TopicPolicy', 'p', { Topics: [TOPIC], PolicyDocument: { Statement } });
    expect(messages([topic, own], CLOUDWATCH, alarm)).toEqual([0, 1]);
  });

  test('that the stacks do not declare is a mistake, said at once', () => {
    expect(() => messages([], CLOUDWATCH, alarm)).toThrow(TOPIC);
  });
});
