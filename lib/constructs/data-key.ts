import { type RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type Conditions, grant } from './grant.ts';
import { suppress } from './suppression.ts';

/** By which functions in other Regions know it. */
export const DATA_KEY_ALIAS = 'keywright';

/** The customer-managed key that tables and secrets are encrypted with; rotated yearly by KMS. */
export class DataKey extends Key {
  constructor(scope: Construct, id: string, props: { removalPolicy: RemovalPolicy }) {
    super(scope, id, {
      description: 'Keywright: tables and secrets',
      alias: DATA_KEY_ALIAS,
      enableKeyRotation: true,
      removalPolicy: props.removalPolicy,
    });
  }
}

/** AWS services through which a function may use the key. */
type Through = 'dynamodb' | 'secretsmanager';

/** Lets `fn` read what `service` keeps encrypted under the key; it can never use the key by itself. */
export function grantDecrypt(fn: LambdaFunction, keyArn: string, service: Through): void {
  grantThrough(fn, ['kms:Decrypt', 'kms:DescribeKey'], keyArn, service);
}

/** Lets `fn` read and write what `service` keeps encrypted under the key. */
export function grantEncrypt(fn: LambdaFunction, keyArn: string, service: Through): void {
  const actions = [
    'kms:Decrypt',
    'kms:DescribeKey',
    'kms:Encrypt',
    'kms:GenerateDataKey',
    'kms:GenerateDataKeyWithoutPlaintext',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
  ];
  grantThrough(fn, actions, keyArn, service);
}

/** The key's ARN in another Region's stack, where its id isn't known: whatever key there has the alias. */
export function dataKeyIn(stack: Stack, region: string): string {
  return stack.formatArn({ service: 'kms', region, resource: 'key', resourceName: '*' });
}

function grantThrough(fn: LambdaFunction, actions: string[], keyArn: string, service: Through): void {
  grant(fn, actions, [keyArn], through(fn, keyArn, service));
  if (!isByAlias(keyArn)) return;
  suppress(fn.role ?? fn, {
    id: 'AwsSolutions-IAM5',
    reason: 'Another Region’s key, whose id is not known here: the condition names its alias.',
    appliesTo: [{ regex: '/^Resource::arn:.+:kms:.+:key/\\*$/' }],
  });
}

function isByAlias(keyArn: string): boolean {
  return keyArn.endsWith(':key/*');
}

function through(fn: LambdaFunction, keyArn: string, service: Through): Conditions {
  const stack = Stack.of(fn);
  const [, , , named = ''] = keyArn.split(':');
  // A service uses a key of its own Region.
  const region = named === '' || Token.isUnresolved(named) ? stack.region : named;
  return {
    StringEquals: { 'kms:ViaService': `${service}.${region}.${stack.urlSuffix}` },
    ...(isByAlias(keyArn) && {
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': `alias/${DATA_KEY_ALIAS}` },
    }),
  };
}
