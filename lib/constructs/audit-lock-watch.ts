import { ArnFormat, Fn, Stack } from 'aws-cdk-lib';
import { EventField, type EventPattern, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { RESOURCE } from '../../core/contract/deployment.ts';
import type { AlarmTopic } from './alarms.ts';
import type { ControlStore } from './store.ts';

interface AuditLockWatchProps {
  readonly store: ControlStore;
  readonly topic: AlarmTopic;
}

/** Calls of one service that take something off the audit log's lock, and what of it they are made on. */
interface Watched {
  readonly service: 'dynamodb' | 'kms' | 'logs';
  readonly calls: readonly string[];
  readonly on: Readonly<Record<string, readonly (string | { readonly prefix: string })[]>>;
  readonly meaning: string;
}

/**
 * Tells of every call that could take off what protects the audit log: the table's policy, the table itself, the
 * key that signs heads, and where these are kept. Attempts that AWS refused are told too. A deployment that
 * changes one of them makes such calls.
 *
 * CloudTrail gives EventBridge a call only where a trail records management events; docs/operate/deploy.md says so.
 */
export class AuditLockWatch extends Construct {
  constructor(scope: Construct, id: string, { store, topic }: AuditLockWatchProps) {
    super(scope, id);
    const anchorLog = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: RESOURCE.auditAnchors,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const rules = Object.entries(watchedCalls(store, anchorLog)).map(([name, watched]) => {
      const input = RuleTargetInput.fromMultilineText(textOf(watched.meaning));
      return new Rule(this, name, {
        description: `Keywright: tell of calls by which ${watched.meaning}`,
        eventPattern: patternOf(watched),
        targets: [{ bind: () => ({ arn: topic.topicArn, input }) }],
      });
    });
    topic.letRulesPublish('AuditLockPublishes', rules);
  }
}

function watchedCalls(
  { auditTableArn: table, anchorKeyArn: key }: ControlStore,
  anchorLog: string,
): Record<string, Watched> {
  return {
    TablePolicy: {
      service: 'dynamodb',
      calls: ['PutResourcePolicy', 'DeleteResourcePolicy'],
      on: { resourceArn: [table, { prefix: `${table}/` }] },
      meaning: 'the policy that locks the audit table is changed',
    },
    Table: {
      service: 'dynamodb',
      calls: ['DeleteTable', 'UpdateTable', 'UpdateTimeToLive', 'UpdateContinuousBackups'],
      on: { tableName: [RESOURCE.auditTable, table] },
      meaning: 'the audit table is deleted or changed',
    },
    AnchorKey: {
      service: 'kms',
      calls: ['PutKeyPolicy', 'ScheduleKeyDeletion', 'DisableKey'],
      // A call may name the key by its ARN or by its id.
      on: { keyId: [key, Fn.select(1, Fn.split('/', key))] },
      meaning: 'the key that signs heads of the audit log is changed or taken away',
    },
    AnchorLogProtection: {
      service: 'logs',
      calls: ['PutLogGroupDeletionProtection'],
      on: { logGroupIdentifier: [RESOURCE.auditAnchors, anchorLog] },
      meaning: 'signed heads of the audit log are no longer protected from deletion',
    },
    AnchorLog: {
      service: 'logs',
      calls: ['DeleteLogGroup', 'DeleteLogStream', 'PutRetentionPolicy'],
      on: { logGroupName: [RESOURCE.auditAnchors] },
      meaning: 'signed heads of the audit log are deleted, or given an end',
    },
  };
}

function patternOf({ service, calls, on }: Watched): EventPattern {
  return {
    source: [`aws.${service}`],
    detailType: ['AWS API Call via CloudTrail'],
    detail: {
      eventSource: [`${service}.amazonaws.com`],
      eventName: [...calls],
      requestParameters: on,
    },
  };
}

function textOf(meaning: string): string {
  const field = (path: string) => EventField.fromPath(`$.detail.${path}`);
  return [
    `Keywright: somebody made a call by which ${meaning}.`,
    `What: ${field('eventSource')} ${field('eventName')}`,
    `Who: ${field('userIdentity.arn')} from ${field('sourceIPAddress')}`,
    `When: ${field('eventTime')}`,
    // There is no such field where the call was let through.
    `Refused with: ${field('errorCode')}`,
    'Do: if no deployment did it, run keywright audit verify, find out who that is, and take that access away.',
    `Event: ${field('eventID')} in CloudTrail`,
  ].join('\n');
}
