import { Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { publisherRoleName } from '../../core/contract/audit-policy.ts';
import { RESOURCE } from '../../core/contract/deployment.ts';
import { removalPolicyOf } from './removal-policy.ts';
import { suppress } from './suppression.ts';

interface AuditAnchorsProps {
  readonly deletionProtection: boolean;
}

/**
 * The second place of the heads of audit chains: a key that the publisher alone may sign with, the account's
 * root refused too, and a log group that is kept for ever. Who could rewrite the audit table could do neither.
 */
export class AuditAnchors extends Construct {
  readonly key: Key;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, { deletionProtection }: AuditAnchorsProps) {
    super(scope, id);
    const removalPolicy = removalPolicyOf({ deletionProtection });
    this.key = new Key(this, 'Key', {
      description: 'Keywright: signs the heads of audit chains',
      alias: 'keywright-audit-anchors',
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy,
    });
    const publisher = Stack.of(this).formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: publisherRoleName(Stack.of(this).region),
    });
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlyThePublisherSigns',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['kms:Sign'],
        resources: ['*'],
        conditions: { ArnNotEquals: { 'aws:PrincipalArn': publisher } },
      }),
    );
    suppress(this.key, {
      id: 'AwsSolutions-KMS5',
      reason: 'KMS rotates no keys that sign.',
    });
    this.logGroup = new LogGroup(this, 'Log', {
      logGroupName: RESOURCE.auditAnchors,
      retention: RetentionDays.INFINITE,
      deletionProtectionEnabled: deletionProtection,
      removalPolicy,
    });
  }
}
