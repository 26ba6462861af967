// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub writes its variables so
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { AttributeType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { TemplateResource } from '../../emulator/template/resources.ts';
import { type ResolvedTemplates, readTemplates } from '../../emulator/template.ts';

const TARGET = { region: 'eu-central-1', accountId: '000000000000' };

describe('a CDK app of two stacks', () => {
  let outdir: string;
  let app: App;
  let resolved: ResolvedTemplates;

  beforeAll(() => {
    outdir = mkdtempSync(join(tmpdir(), 'keywright-template-'));
    app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false });
    const data = new Stack(app, 'Data');
    const table = new TableV2(data, 'Table', {
      tableName: 'items',
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
    const secret = new Secret(data, 'Secret', { secretName: 'app/secret' });
    const control = new Stack(app, 'Control');
    const bus = new EventBus(control, 'Bus', { eventBusName: 'events' });
    const rule = new Rule(control, 'Rule', { eventBus: bus, eventPattern: { source: ['x'] } });
    new LambdaFunction(control, 'Function', {
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline('//'),
      environment: {
        TABLE: table.tableName,
        STREAM: table.tableStreamArn ?? '',
        SECRET: secret.secretArn,
        BUS: bus.eventBusName,
        BUS_ARN: bus.eventBusArn,
        RULE: rule.ruleArn,
        QUEUE: new Queue(control, 'Queue', { queueName: 'letters' }).queueUrl,
        UNNAMED_QUEUE: new Queue(control, 'Unnamed').queueArn,
        TOPIC: new Topic(control, 'Topic', { topicName: 'alarms' }).topicArn,
      },
    });
    resolved = readTemplates(app, TARGET);
  });
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  const ofType = (type: string): TemplateResource => {
    const all = resolved.stacks.flatMap((stack) => Object.values(stack.resources));
    const found = all.find((resource) => resource.Type === type);
    if (found === undefined) throw new Error(`no ${type}`);
    return found;
  };

  test('is resolved to the ids that CloudFormation would give, across stacks', () => {
    const { Environment } = ofType('AWS::Lambda::Function').Properties as {
      Environment: { Variables: Record<string, string> };
    };
    expect(Environment.Variables).toEqual({
      TABLE: 'items',
      STREAM: expect.stringMatching(
        /^arn:aws:dynamodb:eu-central-1:000000000000:table\/items\/stream\/2026-/,
      ),
      SECRET: expect.stringMatching(
        /^arn:aws:secretsmanager:eu-central-1:000000000000:secret:app\/secret-[0-9a-z]{6}$/,
      ),
      BUS: 'events',
      BUS_ARN: 'arn:aws:events:eu-central-1:000000000000:event-bus/events',
      RULE: expect.stringMatching(/^arn:aws:events:eu-central-1:000000000000:rule\/events\/Control-Rule.+/),
      QUEUE: 'https://sqs.eu-central-1.amazonaws.com/000000000000/letters',
      UNNAMED_QUEUE: expect.stringMatching(
        /^arn:aws:sqs:eu-central-1:000000000000:Control-Unnamed.+-[0-9A-Z]{12}$/,
      ),
      TOPIC: 'arn:aws:sns:eu-central-1:000000000000:alarms',
    });
    expect(ofType('AWS::Events::EventBus').PhysicalId).toBe('events');
    expect(ofType('AWS::Lambda::Function').PhysicalId).toMatch(/^Control-Function/);
  });

  test('holds no intrinsic any more', () => {
    expect(JSON.stringify(resolved.stacks)).not.toMatch(/"(?:Ref|Fn::\w+)":/);
  });

  test('reads the same from its folder, every time', () => {
    expect(resolved.assemblyDir).toBe(outdir);
    expect(readTemplates(outdir, TARGET)).toEqual(resolved);
  });
});

describe('an intrinsic', () => {
  const TABLE = {
    Type: 'AWS::DynamoDB::Table',
    Properties: { TableName: { 'Fn::Join': ['-', ['a', { Ref: 'Suffix' }]] } },
  };

  /** Reads an assembly of one stack whose resource R has this one property. */
  function read(value: unknown, template: object = {}): unknown {
    const dir = mkdtempSync(join(tmpdir(), 'keywright-template-'));
    try {
      const Resources = { R: { Type: 'AWS::SNS::Topic', Properties: { P: value } }, Table: TABLE };
      const Parameters = { Suffix: { Default: 'b' }, Without: {} };
      const artifacts = { S: { type: 'aws:cloudformation:stack', properties: { templateFile: 'S.json' } } };
      writeFileSync(join(dir, 'manifest.json'), JSON.stringify({ artifacts }));
      writeFileSync(join(dir, 'S.json'), JSON.stringify({ Resources, Parameters, ...template }));
      const [stack] = readTemplates(dir, TARGET).stacks;
      return stack?.resources.R?.Properties.P;
    } finally {
      rmSync(dir, { recursive: true });
    }
  }

  test.each([
    ['plain values', { a: [1, true, null, 'x'] }, { a: [1, true, null, 'x'] }],
    ['Ref of a parameter', { Ref: 'Suffix' }, 'b'],
    [
      'Ref of a pseudo parameter',
      [{ Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }, { Ref: 'AWS::StackName' }],
      ['eu-central-1', '000000000000', 'S'],
    ],
    ['Ref of a resource whose name is an intrinsic', { Ref: 'Table' }, 'a-b'],
    [
      'Fn::GetAtt as a list',
      { 'Fn::GetAtt': ['Table', 'Arn'] },
      'arn:aws:dynamodb:eu-central-1:000000000000:table/a-b',
    ],
    [
      'Fn::GetAtt as text',
      { 'Fn::GetAtt': 'Table.Arn' },
      'arn:aws:dynamodb:eu-central-1:000000000000:table/a-b',
    ],
    [
      'Fn::Sub',
      { 'Fn::Sub': '${AWS::Region}/${Table}/${Table.Arn}/${!Left}' },
      'eu-central-1/a-b/arn:aws:dynamodb:eu-central-1:000000000000:table/a-b/${Left}',
    ],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${Own}-${Suffix}', { Own: { Ref: 'Table' } }] }, 'a-b-b'],
    ['Fn::Select of Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'Table' }] }] }, 'b'],
    ['Fn::Select with a number as text', { 'Fn::Select': ['0', ['x', 'y']] }, 'x'],
    ['Fn::Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
    ['AWS::NoValue', { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
  ])('resolves: %s', (_, value, expected) => {
    expect(read(value)).toEqual(expected);
  });

  test('resolves conditions and leaves out resources whose condition is false', () => {
    const Conditions = {
      Here: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-central-1'] },
      Nowhere: { 'Fn::Not': [{ Condition: 'Here' }] },
      Either: {
        'Fn::Or': [{ Condition: 'Nowhere' }, { 'Fn::And': [{ Condition: 'Here' }, { Condition: 'Here' }] }],
      },
    };
    expect(read({ 'Fn::If': ['Either', 'yes', 'no'] }, { Conditions })).toBe('yes');
    expect(read({ 'Fn::If': ['Nowhere', 'yes', 'no'] }, { Conditions })).toBe('no');
    expect(read({ a: { 'Fn::If': ['Nowhere', 'yes', { Ref: 'AWS::NoValue' }] } }, { Conditions })).toEqual(
      {},
    );
    const Resources = { R: { Type: 'AWS::SNS::Topic', Condition: 'Nowhere', Properties: { P: 1 } } };
    expect(read(1, { Conditions, Resources })).toBeUndefined();
  });

  test('resolves mappings', () => {
    const Mappings = { M: { 'eu-central-1': { size: 3 } } };
    expect(read({ 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'size'] }, { Mappings })).toBe(3);
  });

  test.each([
    [
      'an unknown function',
      { a: [{ 'Fn::Cidr': ['x'] }] },
      'stack S, R.Properties.P.a[0]: Fn::Cidr is not supported',
    ],
    [
      'an unknown reference',
      { Ref: 'Nobody' },
      'stack S, R.Properties.P: there is no resource or parameter Nobody',
    ],
    ['an unknown pseudo parameter', { Ref: 'AWS::Planet' }, 'pseudo parameter AWS::Planet is not known'],
    ['a parameter without a value', { Ref: 'Without' }, 'parameter Without has no default value'],
    [
      'an unknown attribute',
      { 'Fn::GetAtt': ['Table', 'Colour'] },
      'Colour of Table (AWS::DynamoDB::Table) is not known',
    ],
    ['an unknown export', { 'Fn::ImportValue': 'x' }, 'no stack exports x'],
    ['an unknown condition', { 'Fn::If': ['C', 1, 2] }, 'there is no condition C'],
    ['a selection out of range', { 'Fn::Select': [2, ['a']] }, 'Fn::Select wants item 2 of 1'],
    ['a list where text is wanted', { 'Fn::Join': ['', [['a']]] }, 'expected a string here, not ["a"]'],
  ])('fails loudly: %s', (_, value, message) => {
    expect(() => read(value)).toThrow(message);
  });

  test('fails loudly: the reference of a resource of an unknown type', () => {
    const Resources = {
      R: { Type: 'AWS::SNS::Topic', Properties: { P: { Ref: 'X' } } },
      X: { Type: 'AWS::Moon::Base' },
    };
    expect(() => read(1, { Resources })).toThrow(
      'Ref of X (AWS::Moon::Base) is not known; add it to emulator/template/physical-ids.ts',
    );
  });
});
