import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { LambdaFunction } from '../lambda.ts';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';
import {
  AwsError,
  type AwsService,
  type Input,
  operationOf,
  optionalString,
  requiredString,
} from './protocol.ts';
import { type PasswordRules, randomPassword } from './random-password.ts';
import {
  addVersion,
  beginRotation,
  moveStage,
  requestedValue,
  SECRET,
  type Secret,
  type SecretValue,
  versionFor,
} from './secret-versions.ts';

/** The calls of one rotation, in order, as the user guide gives them. */
const ROTATION_STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

const DAY_SECONDS = 86_400;

/** What AWS::SecretsManager::Secret says about a secret; other properties change nothing here. */
export interface SecretProperties {
  readonly Name: string;
  readonly Description?: string;
  readonly SecretString?: string;
  readonly GenerateSecretString?: PasswordRules & {
    readonly GenerateStringKey?: string;
    readonly SecretStringTemplate?: string;
  };
}

/** Secrets with their versions and staging labels, in one file that only its owner may read. */
export class SecretsManager implements AwsService {
  readonly #path: string;
  readonly #region: string;
  readonly #now: () => Date;
  readonly #secrets: Map<string, Secret>;
  readonly #rotations = new Map<string, LambdaFunction>();
  readonly #listeners: (() => void)[] = [];

  readonly #operations: Record<string, (input: Input) => object | Promise<object>> = {
    CreateSecret: (input) => this.#createSecret(input),
    DeleteSecret: (input) => this.#deleteSecret(input),
    DescribeSecret: (input) => this.#describeSecret(this.#find(input)),
    ListSecrets: (input) => this.#listSecrets(input),
    GetRandomPassword: (input) => ({ RandomPassword: randomPassword(input) }),
    GetSecretValue: (input) => this.#getSecretValue(this.#find(input), input),
    ListSecretVersionIds: (input) => this.#listVersions(this.#find(input), input),
    PutSecretValue: (input) => this.#putSecretValue(this.#find(input), input),
    RotateSecret: (input) => this.#rotateSecret(this.#find(input), input),
    UpdateSecretVersionStage: (input) => this.#updateStage(this.#find(input), input),
  };

  /** @throws StartError when the file at `path` is damaged. */
  constructor(path: string, region: string, now: () => Date) {
    this.#path = path;
    this.#region = region;
    this.#now = now;
    this.#secrets = new Map(Object.entries(readPrivateFile(path, z.record(z.string(), SECRET)) ?? {}));
  }

  async handle(operation: string, input: Input): Promise<object> {
    return operationOf(this.#operations, 'secretsmanager', operation)(input);
  }

  /** The text of the current version, as CloudFormation reads it for a dynamic reference. */
  textOf(secretId: string): string {
    const { SecretString } = this.#getSecretValue(this.#find({ SecretId: secretId }), {}) as {
      SecretString?: string;
    };
    return SecretString ?? '';
  }

  /** Makes the secret with its first value; one that exists stays as it is. */
  create(properties: SecretProperties): void {
    if (this.#secrets.has(properties.Name)) return;
    const value = { SecretString: initialValue(properties) };
    this.#add(properties.Name, properties.Description, randomUUID(), value);
  }

  /** Makes a secret what it is in another Region, under this Region's ARN. */
  copy(name: string, from: SecretsManager): void {
    const secret = from.#secrets.get(name);
    if (secret === undefined) return;
    this.#secrets.set(name, structuredClone({ ...secret, arn: secretArnOf(name, this.#region) }));
    this.#save();
  }

  /** The listener is called after each change of a secret. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Names the function that RotateSecret calls for a secret. */
  rotateWith(secretId: string, target: LambdaFunction): void {
    this.#rotations.set(this.#find({ SecretId: secretId }).name, target);
  }

  /** The secret whose name, ARN or ARN without its suffix the request gives. */
  #find(input: Input): Secret {
    const id = requiredString(input, 'SecretId').replace(/^arn:[^:]+:secretsmanager:[^:]*:\d*:secret:/, '');
    const secret = this.#secrets.get(id) ?? this.#secrets.get(id.replace(/-[A-Za-z0-9]{6}$/, ''));
    if (secret?.deletedAt !== undefined) {
      throw new AwsError(
        'InvalidRequestException',
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    }
    if (secret) return secret;
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }

  #add(name: string, description: string | undefined, token: string, value: SecretValue): Secret {
    const existing = this.#secrets.get(name);
    if (existing?.deletedAt !== undefined)
      throw new AwsError(
        'InvalidRequestException',
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    if (existing && !existing.versions[token])
      throw new AwsError(
        'ResourceExistsException',
        `The operation failed because the secret ${name} already exists.`,
      );
    const time = this.#seconds();
    const arn = secretArnOf(name, this.#region);
    const secret = existing ?? { arn, name, description, createdAt: time, changedAt: time, versions: {} };
    addVersion(secret, token, value, ['AWSCURRENT'], time);
    this.#secrets.set(name, secret);
    this.#save();
    return secret;
  }

  #createSecret(input: Input): object {
    const token = optionalString(input, 'ClientRequestToken') ?? randomUUID();
    const name = requiredString(input, 'Name');
    const secret = this.#add(name, optionalString(input, 'Description'), token, requestedValue(input));
    return { ...identity(secret), VersionId: token };
  }

  /** Marks it; here it then stays so, and its name is taken. */
  #deleteSecret(input: Input): object {
    const days = Number(input.RecoveryWindowInDays ?? 30);
    if (!(days >= 7 && days <= 30))
      throw new AwsError(
        'InvalidParameterException',
        'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
      );
    const secret = this.#find(input);
    secret.deletedAt = this.#seconds() + days * DAY_SECONDS;
    this.#save();
    return { ...identity(secret), DeletionDate: secret.deletedAt };
  }

  /** By the beginnings of names alone, in order. */
  #listSecrets({ Filters = [], MaxResults = 100, NextToken = '' }: Input): object {
    const prefixes = (Filters as { Key: string; Values: string[] }[]).map(({ Key, Values }) => {
      if (Key === 'name') return Values;
      throw new AwsError('InvalidParameterException', `secrets can't be listed by ${Key} here`);
    });
    const found = [...this.#secrets.values()]
      .filter(({ name, deletedAt }) => deletedAt === undefined && name > String(NextToken))
      .filter(({ name }) => prefixes.every((each) => each.some((prefix) => name.startsWith(prefix))))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const page = found.slice(0, Number(MaxResults));
    return {
      SecretList: page.map((secret) => ({ ...identity(secret), CreatedDate: secret.createdAt })),
      ...(found.length > page.length && { NextToken: page.at(-1)?.name }),
    };
  }

  #getSecretValue(secret: Secret, input: Input): object {
    const wanted = [optionalString(input, 'VersionId'), optionalString(input, 'VersionStage')] as const;
    const [VersionId, { stages, createdAt, value }] = versionFor(secret, ...wanted);
    return { ...identity(secret), VersionId, ...value, VersionStages: stages, CreatedDate: createdAt };
  }

  #putSecretValue(secret: Secret, input: Input): object {
    const VersionId = optionalString(input, 'ClientRequestToken') ?? randomUUID();
    const stages = Array.isArray(input.VersionStages) ? input.VersionStages : ['AWSCURRENT'];
    addVersion(secret, VersionId, requestedValue(input), stages, this.#seconds());
    this.#save();
    return { ...identity(secret), VersionId, VersionStages: secret.versions[VersionId]?.stages };
  }

  #updateStage(secret: Secret, input: Input): object {
    const move = {
      to: optionalString(input, 'MoveToVersionId'),
      from: optionalString(input, 'RemoveFromVersionId'),
    };
    moveStage(secret, requiredString(input, 'VersionStage'), move, this.#seconds());
    this.#save();
    return identity(secret);
  }

  #describeSecret(secret: Secret): object {
    const staged = Object.entries(secret.versions).filter(([, version]) => version.stages.length > 0);
    return {
      ...identity(secret),
      Description: secret.description,
      RotationEnabled: this.#rotations.has(secret.name),
      CreatedDate: secret.createdAt,
      LastChangedDate: secret.changedAt,
      VersionIdsToStages: Object.fromEntries(staged.map(([id, version]) => [id, version.stages])),
    };
  }

  #listVersions(secret: Secret, input: Input): object {
    const Versions = Object.entries(secret.versions)
      .filter(([, { stages }]) => stages.length > 0 || input.IncludeDeprecated === true)
      .map(([VersionId, { stages, createdAt }]) => ({
        VersionId,
        VersionStages: stages,
        CreatedDate: createdAt,
      }));
    return { ...identity(secret), Versions };
  }

  /** Unlike AWS, answers when the rotation is done, with the function's error when it failed. */
  async #rotateSecret(secret: Secret, input: Input): Promise<object> {
    const target = this.#rotations.get(secret.name);
    if (target === undefined)
      throw new AwsError(
        'InvalidRequestException',
        'No Lambda rotation function ARN is associated with this secret.',
      );
    const requested = optionalString(input, 'ClientRequestToken') ?? randomUUID();
    const token = beginRotation(secret, requested, this.#seconds());
    this.#save();
    for (const Step of ROTATION_STEPS)
      await target.invoke({ Step, SecretId: secret.arn, ClientRequestToken: token }).catch((error) => {
        throw new AwsError('InvalidRequestException', `${target.name} failed at ${Step}: ${error.message}`);
      });
    return { ...identity(secret), VersionId: token };
  }

  /** The JSON protocol writes times as seconds since 1970. */
  #seconds(): number {
    return this.#now().getTime() / 1000;
  }

  #save(): void {
    writePrivateFile(this.#path, Object.fromEntries(this.#secrets));
    for (const listener of this.#listeners) listener();
  }
}

function identity(secret: Secret) {
  return { ARN: secret.arn, Name: secret.name };
}

/** AWS ends a secret's ARN in six random characters; here they follow from the name. */
export function secretArnOf(name: string, region: string): string {
  const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `arn:aws:secretsmanager:${region}:000000000000:secret:${name}-${suffix}`;
}

function initialValue({ SecretString, GenerateSecretString: rules }: SecretProperties): string {
  if (SecretString !== undefined) return SecretString;
  const password = randomPassword(rules ?? {});
  if (rules?.GenerateStringKey === undefined) return password;
  return JSON.stringify({
    ...JSON.parse(rules.SecretStringTemplate ?? '{}'),
    [rules.GenerateStringKey]: password,
  });
}
