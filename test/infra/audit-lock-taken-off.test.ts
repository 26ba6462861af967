import { describe, expect, test } from '@jest/globals';
import { recordFilter } from '../../emulator/aws/event-filter.ts';
import { ACCOUNT_ID, REGION, synthesize, WHOLE } from './synthesized-stacks.ts';

const stacks = synthesize(WHOLE);
const TRAIL = 'AWS API Call via CloudTrail';
const rules = stacks
  .ofType('AWS::Events::Rule')
  .filter(({ Properties }) => JSON.stringify(Properties.EventPattern ?? {}).includes(TRAIL));
const table = `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/keywright-audit`;
const keyId = String(stacks.one('AWS::KMS::Key', ({ KeyUsage }) => KeyUsage === 'SIGN_VERIFY').PhysicalId);
const key = `arn:aws:kms:${REGION}:${ACCOUNT_ID}:key/${keyId}`;

const anchorLog = `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:/keywright/audit-anchors`;

/** How many rules a call is told by, as CloudTrail writes it. */
function toldBy(service: string, eventName: string, requestParameters: object): number {
  const event = {
    source: `aws.${service}`,
    'detail-type': TRAIL,
    detail: { eventSource: `${service}.amazonaws.com`, eventName, requestParameters },
  };
  return rules.filter(({ Properties }) =>
    recordFilter({ Filters: [{ Pattern: JSON.stringify(Properties.EventPattern) }] })(event),
  ).length;
}

describe('the lock of the audit log can’t be taken off quietly', () => {
  test.each([
    ['dynamodb', 'PutResourcePolicy', { resourceArn: table, policy: '{}' }],
    ['dynamodb', 'DeleteResourcePolicy', { resourceArn: table }],
    ['dynamodb', 'PutResourcePolicy', { resourceArn: `${table}/stream/2026-01-01T00:00:00.000` }],
    ['dynamodb', 'DeleteTable', { tableName: 'keywright-audit' }],
    ['dynamodb', 'DeleteTable', { tableName: table }],
    ['dynamodb', 'UpdateTable', { tableName: 'keywright-audit', deletionProtectionEnabled: false }],
    ['dynamodb', 'UpdateTimeToLive', { tableName: 'keywright-audit' }],
    ['dynamodb', 'UpdateContinuousBackups', { tableName: 'keywright-audit' }],
    ['kms', 'PutKeyPolicy', { keyId }],
    ['kms', 'ScheduleKeyDeletion', { keyId: key }],
    ['kms', 'DisableKey', { keyId }],
    ['logs', 'DeleteLogGroup', { logGroupName: '/keywright/audit-anchors' }],
    ['logs', 'PutLogGroupDeletionProtection', { logGroupIdentifier: '/keywright/audit-anchors' }],
    ['logs', 'PutLogGroupDeletionProtection', { logGroupIdentifier: anchorLog }],
    ['logs', 'DeleteLogStream', { logGroupName: '/keywright/audit-anchors', logStreamName: 'tenant_a' }],
    ['logs', 'PutRetentionPolicy', { logGroupName: '/keywright/audit-anchors', retentionInDays: 1 }],
  ])('%s %s on it sends a message: %j', (service, eventName, parameters) => {
    expect(toldBy(service, eventName, parameters)).toBe(1);
  });

  test.each([
    ['dynamodb', 'PutResourcePolicy', { resourceArn: table.replace('-audit', '') }],
    ['dynamodb', 'DeleteTable', { tableName: 'keywright-audit-restored' }],
    ['dynamodb', 'DescribeTable', { tableName: 'keywright-audit' }],
    ['kms', 'PutKeyPolicy', { keyId: '0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f' }],
    ['logs', 'PutRetentionPolicy', { logGroupName: '/aws/lambda/x' }],
  ])('%s %s elsewhere sends none: %j', (service, eventName, parameters) => {
    expect(toldBy(service, eventName, parameters)).toBe(0);
  });

  test('calls of AWS are on the default bus, where the rules are', () => {
    expect(rules).toHaveLength(5);
    for (const { Properties } of rules) expect(Properties.EventBusName).toBeUndefined();
  });
});
