import { type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type Conditions, grant } from './grant.ts';

/** The customer-managed key that tables and secrets are encrypted with; rotated yearly by KMS. */
export class DataKey extends Key {
  constructor(scope: Construct, id: string, props: { removalPolicy: RemovalPolicy }) {
    super(scope, id, {
      description: 'Keywright: tables and secrets',
      alias: 'keywright',
      enableKeyRotation: true,
      removalPolicy: props.removalPolicy,
    });
  }
}

/** AWS services through which a function may use the key. */
type Through = 'dynamodb' | 'secretsmanager';

/** Lets `fn` read what `service` keeps encrypted under the key; it can never use the key by itself. */
export function grantDecrypt(fn: LambdaFunction, keyArn: string, service: Through): void {
  grant(fn, ['kms:Decrypt', 'kms:DescribeKey'], [keyArn], through(fn, service));
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
  grant(fn, actions, [keyArn], through(fn, service));
}

function through(fn: LambdaFunction, service: Through): Conditions {
  const { region, urlSuffix } = Stack.of(fn);
  return { StringEquals: { 'kms:ViaService': `${service}.${region}.${urlSuffix}` } };
}
