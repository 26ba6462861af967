/** The policy on the audit table: what lib/ puts there and what a verification finds there must be the same. */

export interface AuditPolicyPlace {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly tableName: string;
  /** Whether records end by time-to-live, which only then may be set. */
  readonly recordsEnd: boolean;
}

/** A statement of a resource's policy; everything that Keywright writes is a denial with one condition. */
export interface DenyStatement {
  readonly Sid: string;
  readonly Effect: 'Deny';
  readonly Principal: '*';
  readonly Action: readonly string[];
  readonly Resource: string;
  readonly Condition: { readonly ArnNotEquals: { readonly 'aws:PrincipalArn': readonly string[] } };
}

/** Name of the publisher's role: fixed, because the audit table's policy must name it before it exists. */
export function publisherRoleName(region: string): string {
  return `keywright-publisher-${region}`;
}

/**
 * Nobody changes or deletes a record, the account's root included, and nobody but the publisher writes one.
 *
 * DynamoDB's replication role, which DynamoDB alone can assume, is left alone in all of it, before there is any
 * replica: denied anything, it stops replicating, and neither can a replica be added nor one be taken away.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables-security.html
 */
export function auditTablePolicy(place: AuditPolicyPlace): readonly DenyStatement[] {
  const { partition, region, accountId, tableName, recordsEnd } = place;
  const role = (name: string) => `arn:${partition}:iam::${accountId}:role/${name}`;
  const replication = role(
    'aws-service-role/replication.dynamodb.amazonaws.com/AWSServiceRoleForDynamoDBReplication',
  );
  const refuse = (Sid: string, actions: readonly string[], ...exempt: string[]): DenyStatement => ({
    Sid,
    Effect: 'Deny',
    Principal: '*',
    Action: actions.map((action) => `dynamodb:${action}`),
    Resource: `arn:${partition}:dynamodb:${region}:${accountId}:table/${tableName}`,
    Condition: { ArnNotEquals: { 'aws:PrincipalArn': [...exempt, replication] } },
  });
  return [
    refuse('NobodyChangesOrDeletes', ['DeleteItem', 'UpdateItem', 'BatchWriteItem']),
    refuse('NobodyChangesOrDeletesOtherwise', [
      'PartiQLDelete',
      'PartiQLUpdate',
      'PartiQLInsert',
      ...(recordsEnd ? [] : ['UpdateTimeToLive']),
    ]),
    refuse('OnlyThePublisherWrites', ['PutItem'], role(publisherRoleName(region))),
  ];
}
