import { describe, expect, test } from '@jest/globals';
import { templatesWith } from './synthesized-stacks.ts';

const SETTINGS = {
  demo: true,
  auditArchive: { mode: 'governance', retentionDays: 365 },
  usageFiles: {},
};
const resourcesIn = (settings: object) =>
  templatesWith({ ...SETTINGS, ...settings }).flatMap(({ Resources }) => Object.entries(Resources));
const kept = resourcesIn({});
const ofTypes = (resources: typeof kept, ...types: string[]) =>
  resources.filter(([, { Type }]) => types.includes(Type));

/** What holds data that nobody can make anew. */
const DATA = [
  'AWS::DynamoDB::GlobalTable',
  'AWS::SecretsManager::Secret',
  'AWS::S3::Bucket',
  'AWS::Cognito::UserPool',
];
/** What they are encrypted with or, of the audit log, proven by. */
const isDataKey = ([id]: (typeof kept)[number]) => !/AlarmTopic/.test(id);
const anchors = ofTypes(kept, 'AWS::Logs::LogGroup').filter(
  ([, { Properties }]) => Properties?.LogGroupName === '/keywright/audit-anchors',
);
/** The issuer has it as well, and it is read from there again. */
const isCopied = ([id]: (typeof kept)[number]) => /PortalClientSecret|OriginSecret/.test(id);
const data = [
  ...ofTypes(kept, ...DATA).filter((each) => !isCopied(each)),
  ...ofTypes(kept, 'AWS::KMS::Key').filter(isDataKey),
  ...anchors,
];

describe('a first deployment that fails can be repeated', () => {
  test('what it made under a fixed name goes with it: Retain would keep it, and the next attempt meet it', () => {
    const retained = kept.filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain');
    // A role and streams in log groups, none with a name that is taken, and a setting of the account.
    expect(retained.map(([, { Type }]) => Type).sort()).toEqual([
      'AWS::ApiGateway::Account',
      'AWS::IAM::Role',
      ...Array(3).fill('AWS::Logs::LogStream'),
    ]);
    for (const [, { Properties }] of retained) expect(Properties?.RoleName).toBeUndefined();
  });

  test.each(data)('%s stays when its stack goes or it is replaced, once it is in use', (_, resource) => {
    expect(resource).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });
});

test('without deletion protection all of it goes, but the pepper: CloudFormation would delete it for good', () => {
  const free = resourcesIn({ deletionProtection: false });
  const stays = free.filter(([, { DeletionPolicy }]) => DeletionPolicy?.startsWith('Retain'));
  expect(stays.filter(([, { Type }]) => DATA.includes(Type)).map(([, { Type }]) => Type)).toEqual([
    'AWS::SecretsManager::Secret',
  ]);
  for (const [, resource] of ofTypes(free, 'AWS::SecretsManager::Secret').filter((each) => !isCopied(each))) {
    expect(resource).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  }
});

describe('cdk destroy KeywrightControl takes away nothing that can’t be made anew', () => {
  const [, control] = templatesWith(SETTINGS);
  const types = Object.values(control?.Resources ?? {}).map(({ Type }) => Type);

  test('no table, secret, bucket, user pool or key that signs is in it', () => {
    expect(types).toContain('AWS::ApiGatewayV2::Api');
    for (const type of [...DATA, 'AWS::Cognito::UserPoolClient', 'AWS::Events::EventBus']) {
      expect(types).not.toContain(type);
    }
  });

  test('the publisher begins at the oldest record, or what came while the stack was away would be lost', () => {
    const mappings = Object.values(control?.Resources ?? {}).filter(
      ({ Type }) => Type === 'AWS::Lambda::EventSourceMapping',
    );
    const positions = mappings.map(({ Properties }) => Properties?.StartingPosition);
    // Of the main table and of the regional one.
    expect(positions).toEqual(['TRIM_HORIZON', 'TRIM_HORIZON']);
  });

  test('signed heads are in KeywrightData, without an end', () => {
    expect(anchors.map(([, { Properties }]) => Properties?.RetentionInDays)).toEqual([undefined]);
    expect(JSON.stringify(control?.Resources)).not.toContain('"LogGroupName":"/keywright/audit-anchors"');
  });
});
