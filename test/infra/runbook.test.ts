import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { synthesize, WHOLE } from './synthesized-stacks.ts';

const stacks = synthesize({
  ...WHOLE,
  auditArchive: { mode: 'governance', retentionDays: 365 },
  usageFiles: {},
  gradualDeployments: true,
  regions: [
    'eu-central-1',
    { region: 'eu-west-1', keyArn: `arn:aws:kms:eu-west-1:1${'1'.repeat(11)}:key/${'0'.repeat(32)}` },
  ],
});
const runbook = readFileSync(new URL('../../docs/operate/runbook.md', import.meta.url), 'utf8');
const entries = runbook.split('\n### ').slice(1);

/** What the runbook calls an alarm: an authorizer's without the authorizer, a numbered one without its number. */
const names = stacks.ofType('AWS::CloudWatch::Alarm').map(({ PhysicalId }) => {
  const [, logicalId = ''] = String(PhysicalId).replace('-eu-west-1', '').split('-');
  return logicalId
    .replace(/[0-9A-F]{8}$/, '')
    .replace(/^.*Authorizer(?=Slow|Throttled)/, '')
    .replace(/^.*Gradual(?=NewVersionFails)/, '')
    .replace(/\d+$/, '');
});

test('every alarm has an entry in the runbook, and every entry an alarm', () => {
  expect(entries.map((entry) => entry.split('\n')[0]).sort()).toEqual([...new Set(names)].sort());
});

test('every entry says what it means, how to check and what to do', () => {
  for (const entry of entries) {
    expect(entry).toMatch(/\*\*Means\*\* [\s\S]+\*\*Check\*\* [\s\S]+\*\*[Dd]o\*\* /);
  }
});

test('alarms on what should be there are told of silence, and ring nobody on a first deployment', () => {
  const below = stacks
    .ofType('AWS::CloudWatch::Alarm')
    .filter(({ Properties }) => Properties.ComparisonOperator === 'LessThanThreshold');
  expect(below).toHaveLength(3);
  const topics = stacks.ofType('AWS::SNS::Topic').map(({ PhysicalId }) => PhysicalId);
  for (const { Properties } of below) {
    // An alarm starts as INSUFFICIENT_DATA: missing data change nothing then, and are a change later.
    expect(Properties.TreatMissingData).toBe('missing');
    expect(topics).toEqual(expect.arrayContaining(Properties.InsufficientDataActions as string[]));
    expect(Properties.InsufficientDataActions).toHaveLength(1);
  }
  const silent = stacks.ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties.TreatMissingData);
  expect(silent).not.toContain('breaching');
});
