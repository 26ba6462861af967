import { describe, expect, test } from '@jest/globals';
import { IamPolicies } from '../../emulator/iam/policies.ts';
import type * as protectedApis from './protected-apis.ts';
import type * as synthesisModule from './synthesis.ts';
import { ACCOUNT_ID, SynthesizedStacks } from './synthesized-stacks.ts';

const { protectIn } = loadOnce<typeof protectedApis>('../infra/protected-apis.ts');
const { stacksWith } = loadOnce<typeof synthesisModule>('../infra/synthesis.ts');

const HOME = 'eu-central-1';
const HERE = 'eu-west-1';
const KEY = `arn:aws:kms:${HERE}:${ACCOUNT_ID}:key/0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f`;
const REGIONS = [HOME, { region: HERE, keyArn: KEY }];

const regionWith = (settings: object) => {
  const resources = stacksWith({ regions: REGIONS, ...settings }).get(`KeywrightRegion-${HERE}`) ?? [];
  return new SynthesizedStacks(resources);
};
const region = regionWith({});
const functionNamed = (name: string, of = region) =>
  of.one('AWS::Lambda::Function', ({ Environment }) =>
    JSON.stringify(Environment).includes(`"POWERTOOLS_SERVICE_NAME":"${name}"`),
  ).Properties;
const variablesOf = (name: string, of = region) =>
  (functionNamed(name, of).Environment as { Variables: Record<string, string> }).Variables;
const tableIn = (where: string, name: string) => `arn:aws:dynamodb:${where}:${ACCOUNT_ID}:table/${name}`;
const may = (name: string, action: string, resource: string, context: object, of = region) =>
  new IamPolicies(of.resources).allows(String(functionNamed(name, of).Role), {
    action,
    resource,
    context: context as Record<string, string | string[]>,
  });
const onItem = (pk: string, attributes: string[] = ['pk', 'sk']) => ({
  'dynamodb:LeadingKeys': [pk],
  'dynamodb:Attributes': attributes,
});
const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'];

test('a Region beside the main one has a table for what requests write there, under its own key, with a stream', () => {
  expect(region.ofType('AWS::DynamoDB::GlobalTable')).toHaveLength(1);
  expect(region.one('AWS::DynamoDB::GlobalTable').Properties).toMatchObject({
    TableName: 'keywright-regional',
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    Replicas: [{ Region: HERE, SSESpecification: { KMSMasterKeyId: KEY } }],
  });
});

describe('nobody there may write the main table, in whatever Region', () => {
  const names = region
    .ofType('AWS::Lambda::Function')
    .map(({ Properties }) => (Properties.Environment as { Variables: Record<string, string> }).Variables)
    .map(({ POWERTOOLS_SERVICE_NAME = '' }) => POWERTOOLS_SERVICE_NAME);

  test('there are three functions', () => {
    expect(names.sort()).toEqual(['sighting-relay', 'usage-consumer', 'verify']);
  });

  test.each(['sighting-relay', 'verify'])('%s', (name) => {
    for (const where of [HOME, HERE])
      for (const pk of ['CRED#a', 'TENANT#a', 'API#a', 'PRODUCT#a', 'SEEN#a', 'LIMIT#a'])
        for (const action of WRITES)
          expect(may(name, `dynamodb:${action}`, tableIn(where, 'keywright'), onItem(pk))).toBe(false);
  });

  test('what counts requests may note findings there, as in the main Region, and nothing else', () => {
    const table = tableIn(HOME, 'keywright');
    expect(may('usage-consumer', 'dynamodb:PutItem', table, onItem('ALERT#a'))).toBe(true);
    expect(may('usage-consumer', 'dynamodb:PutItem', table, onItem('CRED#a'))).toBe(false);
    expect(may('usage-consumer', 'dynamodb:PutItem', tableIn(HERE, 'keywright'), onItem('ALERT#a'))).toBe(
      false,
    );
    expect(variablesOf('usage-consumer').KEYWRIGHT_MAIN_REGION).toBe(HOME);
  });

  test('it notes how far its own Region’s logs are heard, and no other’s', () => {
    const notes = (log: string) =>
      may('usage-consumer', 'dynamodb:UpdateItem', tableIn(HOME, 'keywright-usage'), onItem(`HEARD#${log}`));
    expect(notes(`${HERE}:/api`)).toBe(true);
    expect(notes(`${HOME}:/api`)).toBe(false);
    expect(notes('/api')).toBe(false);
  });
});

test('the relay may note networks where the control plane is, and reads this Region’s stream alone', () => {
  const noted = ['pk', 'sk', 'ttl', 'lastEvent'];
  const home = tableIn(HOME, 'keywright-regional');
  for (const action of ['PutItem', 'UpdateItem']) {
    const mayWrite = (table: string, pk: string, attributes = noted) =>
      may('sighting-relay', `dynamodb:${action}`, table, onItem(pk, attributes));
    expect(mayWrite(home, 'SEEN#a')).toBe(true);
    expect(mayWrite(home, 'SEEN#a', [...noted, 'digests'])).toBe(false);
    expect(mayWrite(home, 'LIMIT#a')).toBe(false);
    expect(mayWrite(tableIn(HERE, 'keywright-regional'), 'SEEN#a')).toBe(false);
  }
  const stream = String(region.one('AWS::Lambda::EventSourceMapping').Properties.EventSourceArn);
  expect(stream).toContain(`:table/keywright-regional/stream/`);
  expect(may('sighting-relay', 'dynamodb:GetRecords', stream, {})).toBe(true);
  expect(
    may('sighting-relay', 'dynamodb:GetRecords', stream.replace('keywright-regional', 'keywright'), {}),
  ).toBe(false);
});

test('verify reads the copies, asks the main Region for upkeep, and counts limits where all Regions do', () => {
  const lease = onItem('LIMIT#a', ['pk', 'sk', 'used#60', 'ttl']);
  const leases = (where: string, of = region) =>
    may('verify', 'dynamodb:UpdateItem', tableIn(where, 'keywright-regional'), lease, of);
  expect(may('verify', 'dynamodb:BatchGetItem', tableIn(HERE, 'keywright'), onItem('CRED#a'))).toBe(true);
  expect(may('verify', 'dynamodb:BatchGetItem', tableIn(HOME, 'keywright'), onItem('CRED#a'))).toBe(false);
  const upkeep = (where: string) => `arn:aws:lambda:${where}:${ACCOUNT_ID}:function:keywright-key-upkeep`;
  expect(may('verify', 'lambda:InvokeFunction', upkeep(HOME), {})).toBe(true);
  expect(may('verify', 'lambda:InvokeFunction', upkeep(HERE), {})).toBe(false);
  const pepper = (where: string) =>
    `arn:aws:secretsmanager:${where}:${ACCOUNT_ID}:secret:keywright/pepper-AbCdEf`;
  expect(may('verify', 'secretsmanager:GetSecretValue', pepper(HERE), {})).toBe(true);
  expect(may('verify', 'secretsmanager:GetSecretValue', pepper(HOME), {})).toBe(false);
  expect([leases(HOME), leases(HERE)]).toEqual([true, false]);
  expect(variablesOf('verify')).toMatchObject({
    KEYWRIGHT_MAIN_REGION: HOME,
    KEYWRIGHT_LIMITS_REGION: HOME,
    KEYWRIGHT_PEPPER_SECRET: 'keywright/pepper',
  });
  const apart = regionWith({ limits: { across: 'region' } });
  expect([leases(HOME, apart), leases(HERE, apart)]).toEqual([false, true]);
  expect(variablesOf('verify', apart).KEYWRIGHT_LIMITS_REGION).toBeUndefined();
});

test('the data key of another Region is used through its services there, and by its alias', () => {
  const key = `arn:aws:kms:${HOME}:${ACCOUNT_ID}:key/1111`;
  const through = (service: string, alias: string) => ({
    'kms:ViaService': service,
    'kms:ResourceAliases': [alias],
  });
  const uses = (context: object) => may('verify', 'kms:Decrypt', key, context);
  expect(uses(through(`dynamodb.${HOME}.amazonaws.com`, 'alias/keywright'))).toBe(true);
  expect(uses(through(`dynamodb.${HOME}.amazonaws.com`, 'alias/theirs'))).toBe(false);
  expect(uses(through(`dynamodb.${HERE}.amazonaws.com`, 'alias/keywright'))).toBe(false);
  expect(uses(through(`s3.${HOME}.amazonaws.com`, 'alias/keywright'))).toBe(false);
});

test('where the control plane is, an alarm rings when changes reach the other Region late', () => {
  const control = new SynthesizedStacks(
    stacksWith({ regions: REGIONS, cacheSeconds: 2 }).get('KeywrightControl') ?? [],
  );
  const alarm = control.one(
    'AWS::CloudWatch::Alarm',
    ({ MetricName }) => MetricName === 'ReplicationLatency',
  );
  expect(alarm.Properties).toMatchObject({
    Namespace: 'AWS/DynamoDB',
    Threshold: 3000,
    Dimensions: expect.arrayContaining([
      { Name: 'ReceivingRegion', Value: HERE },
      { Name: 'TableName', Value: 'keywright' },
    ]),
  });
});

test('what ends an overlap once it is quiet looks for lost lines in every Region’s queue', () => {
  const sweepWith = (settings: object) => {
    const control = new SynthesizedStacks(stacksWith(settings).get('KeywrightControl') ?? []);
    const queues = [HOME, HERE].map(
      (name) => `arn:aws:sqs:${name}:${ACCOUNT_ID}:keywright-usage-dead-letters`,
    );
    const action = 'sqs:GetQueueAttributes';
    return {
      elsewhere: variablesOf('sweep', control).KEYWRIGHT_USAGE_DEAD_LETTERS_ELSEWHERE,
      asks: queues.map((queue) => may('sweep', action, queue, {}, control)),
      takes: queues.map((queue) => may('sweep', 'sqs:ReceiveMessage', queue, {}, control)),
    };
  };
  const url = `https://sqs.${HERE}.amazonaws.com/${ACCOUNT_ID}/keywright-usage-dead-letters`;
  expect(sweepWith({ regions: REGIONS })).toEqual({
    elsewhere: JSON.stringify({ [HERE]: url }),
    asks: [true, true],
    takes: [false, false],
  });
  expect(sweepWith({})).toEqual({ elsewhere: undefined, asks: [true, false], takes: [false, false] });
});

test('one Region alone has neither', () => {
  const stacks = stacksWith({});
  expect([...stacks.keys()].filter((name) => name.startsWith('KeywrightRegion'))).toEqual([]);
});

describe('an operator’s stack', () => {
  const imports = (template: string) =>
    [...new Set([...template.matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name]) => name))].sort();

  test('in another Region imports what that Region’s stack exports, and is told where the main one is', () => {
    const template = protectIn(HERE, { regions: REGIONS });
    expect(imports(template)).toEqual(['keywright-region-key-arn']);
    for (const variable of ['KEYWRIGHT_MAIN_REGION', 'KEYWRIGHT_LIMITS_REGION'])
      expect(template).toContain(`"${variable}":"${HOME}"`);
    expect(protectIn(HERE, { regions: REGIONS, limits: { across: 'region' } })).not.toContain(
      'KEYWRIGHT_LIMITS_REGION',
    );
  });

  test('in the main Region is as with one Region alone', () => {
    expect(imports(protectIn(HOME, { regions: REGIONS }))).toEqual([
      'keywright-key-arn',
      'keywright-pepper-arn',
    ]);
    expect(protectIn(HOME, { regions: REGIONS })).not.toContain('KEYWRIGHT_MAIN_REGION');
  });

  test('that is not told of the Regions finds nothing to import in another, and one of no known Region is refused', () => {
    // None of them is exported there.
    expect(imports(protectIn(HERE, {}))).toEqual(['keywright-key-arn', 'keywright-pepper-arn']);
    expect(() => protectIn(undefined, { regions: REGIONS })).toThrow(
      /expected env\.region, because regions has several/,
    );
  });
});
