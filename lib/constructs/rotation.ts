import { Duration, Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnRotationSchedule, type ISecret, type Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ENV } from '../../core/contract/deployment.ts';
import { KeywrightFunction } from './function.ts';
import { grant } from './grant.ts';
import { deployedManagement, type ManagementApiReference } from './management-reference.ts';
import { requireId, requireOneOf } from './required.ts';

export interface KeywrightRotationProps {
  /** Default: the Keywright deployed in this account and Region. */
  readonly management?: ManagementApiReference;
  /** What your programs read: `{"keywright":{"type","id","tenant"},"key"}`. Nobody else may write it. */
  readonly secret: ISecret | Secret;
  /** The one credential, `key_…` or `sub_…`, that the secret is of. */
  readonly credentialId: string;
  /** Default: 30 days. */
  readonly every?: Duration;
  /**
   * How long an old key works on once another is handed out: longer than your programs cache the secret. Default: as
   * long as the binding lets it.
   */
  readonly overlap?: Duration;
  /**
   * What to do at a turn where the key of the turn before last was used within a day: `hold` fails it, so that it
   * is tried again; `end` goes on. Default: hold.
   */
  readonly onOldSecretInUse?: string;
  /**
   * An address (https) that your programs call with the key: a new one is tried there before it is handed out. In
   * place of the secret's own `probe`; without either, `POST /v1/verify` is asked.
   */
  readonly probe?: string;
  /** Default: 90. */
  readonly logRetentionDays?: number;
}

/**
 * Rotates a key of Keywright's where your programs keep it, by Secrets Manager's four steps. A person has to bind the
 * credential to `principalArn` first: `PUT …/rotation`.
 */
export class KeywrightRotation extends Construct {
  readonly function: LambdaFunction;
  /** Whom the credential is to be bound to. */
  readonly principalArn: string;

  constructor(scope: Construct, id: string, props: KeywrightRotationProps) {
    super(scope, id);
    const { secret, credentialId, every = Duration.days(30) } = props;
    requireId('key|sub', 'credentialId', credentialId);
    requireOneOf('onOldSecretInUse', props.onOldSecretInUse ?? 'hold', ['hold', 'end']);
    this.function = new KeywrightFunction(this, 'Function', {
      name: 'secret-rotation',
      description: `Keywright: rotates ${credentialId} where it is stored`,
      memoryMiB: 256,
      timeoutSeconds: 60,
      logRetentionDays: props.logRetentionDays ?? 90,
    });
    this.principalArn = this.function.role?.roleArn ?? '';
    const management = props.management ?? deployedManagement();
    this.#environment(props, management);
    this.#allow(props, management);
    this.function.addPermission('SecretsManager', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: Stack.of(this).account,
      sourceArn: secret.secretArn,
    });
    const schedule = new CfnRotationSchedule(this, 'Schedule', {
      secretId: secret.secretArn,
      rotationLambdaArn: this.function.functionArn,
      rotationRules: { automaticallyAfterDays: every.toDays() },
      // Nobody has bound the credential yet.
      rotateImmediatelyOnUpdate: false,
    });
    schedule.node.addDependency(this.function);
  }

  #environment(
    { overlap, onOldSecretInUse = 'hold', probe }: KeywrightRotationProps,
    management: ManagementApiReference,
  ): void {
    this.function.addEnvironment(ENV.managementUrl, management.managementUrl);
    this.function.addEnvironment(ENV.onOldSecretInUse, onOldSecretInUse);
    if (overlap !== undefined) this.function.addEnvironment(ENV.overlapSeconds, String(overlap.toSeconds()));
    if (probe !== undefined) this.function.addEnvironment(ENV.probe, probe);
  }

  /** Its own secret, the registration of its own credential, and to try keys. */
  #allow({ secret, credentialId }: KeywrightRotationProps, management: ManagementApiReference): void {
    const actions = ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'];
    grant(
      this.function,
      actions.map((action) => `secretsmanager:${action}`),
      [secret.secretArn],
    );
    secret.encryptionKey?.grantEncryptDecrypt(this.function);
    const routes = [`POST/v1/rotation/${credentialId}`, 'POST/v1/verify'].map((route) =>
      Stack.of(this).formatArn({
        service: 'execute-api',
        resource: management.managementApiId,
        resourceName: `$default/${route}`,
      }),
    );
    grant(this.function, ['execute-api:Invoke'], routes);
  }
}
