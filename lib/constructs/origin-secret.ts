import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { ENV, RESOURCE } from '../../core/contract/deployment.ts';
import { grantDecrypt } from './data-key.ts';
import { grant } from './grant.ts';
import { suppress } from './suppression.ts';

/** `{"current":"…"}`, and `previous` beside it while it is changed: what CloudFront proves itself by. */
export function originSecret(scope: Construct, id: string, encryptionKey: IKey): Secret {
  const secret = new Secret(scope, id, {
    secretName: RESOURCE.originSecret,
    description: 'Keywright: by which the API knows CloudFront',
    encryptionKey,
    generateSecretString: {
      secretStringTemplate: '{}',
      generateStringKey: 'current',
      passwordLength: 48,
      excludePunctuation: true,
    },
    removalPolicy: RemovalPolicy.DESTROY,
  });
  suppress(secret, {
    id: 'AwsSolutions-SMG4',
    reason: 'A distribution holds a copy: who turns it deploys (docs/operate/origin-secret.md).',
  });
  return secret;
}

/**
 * By its name: the stack that has it comes after the functions, or not at all.
 * @param keyArn of the key that secrets are encrypted with
 */
export function allowOriginSecret(fn: LambdaFunction, keyArn: string): void {
  fn.addEnvironment(ENV.originSecret, RESOURCE.originSecret);
  const arn = Stack.of(fn).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${RESOURCE.originSecret}-??????`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  grant(fn, ['secretsmanager:GetSecretValue'], [arn]);
  grantDecrypt(fn, keyArn, 'secretsmanager');
}
