import { createHash, randomUUID } from 'node:crypto';
import type { LambdaFunction } from '../lambda.ts';
import { openJsonFile } from './durable-file.ts';
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
  moveStage,
  requestedValue,
  type Secret,
  type SecretValue,
  versionFor,
} from './secret-versions.ts';

/** The calls of one rotation, in order, as the user guide gives them. */
const ROTATION_STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

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
export interface SecretsManager extends AwsService {
  /** Makes the secret with its first value; one that exists stays as it is. */
  create(properties: SecretProperties): void;
  /** Names the function that RotateSecret calls for a secret. */
  rotateWith(secretId: string, target: LambdaFunction): void;
}

export function openSecretsManager(path: string, region: string, now: () => Date): SecretsManager {
  const file = openJsonFile<Record<string, Secret>>(path, {});
  const rotations = new Map<string, LambdaFunction>();

  function find(input: Input): Secret {
    const id = requiredString(input, 'SecretId').replace(/^arn:[^:]+:secretsmanager:[^:]*:\d*:secret:/, '');
    const name = [id, id.replace(/-[A-Za-z0-9]{6}$/, '')].find((known) => Object.hasOwn(file.state, known));
    const secret = name === undefined ? undefined : file.state[name];
    if (secret) return secret;
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }

  function create(name: string, description: string | undefined, token: string, value: SecretValue): Secret {
    const existing = Object.hasOwn(file.state, name) ? file.state[name] : undefined;
    if (existing && !existing.versions[token])
      throw new AwsError(
        'ResourceExistsException',
        `The operation failed because the secret ${name} already exists.`,
      );
    const secret: Secret = existing ?? {
      arn: arnOf(name, region),
      name,
      description,
      createdAt: seconds(now),
      changedAt: seconds(now),
      versions: {},
    };
    addVersion(secret, token, value, ['AWSCURRENT'], seconds(now));
    file.state[name] = secret;
    file.save();
    return secret;
  }

  const operations: Record<string, (input: Input) => object | Promise<object>> = {
    CreateSecret(input) {
      const token = optionalString(input, 'ClientRequestToken') ?? randomUUID();
      const name = requiredString(input, 'Name');
      const secret = create(name, optionalString(input, 'Description'), token, requestedValue(input));
      return { ARN: secret.arn, Name: name, VersionId: token };
    },

    GetSecretValue(input) {
      const secret = find(input);
      const [VersionId, version] = versionFor(
        secret,
        optionalString(input, 'VersionId'),
        optionalString(input, 'VersionStage'),
      );
      const { stages: VersionStages, createdAt: CreatedDate, value } = version;
      return { ARN: secret.arn, Name: secret.name, VersionId, ...value, VersionStages, CreatedDate };
    },

    PutSecretValue(input) {
      const secret = find(input);
      const token = optionalString(input, 'ClientRequestToken') ?? randomUUID();
      const stages = Array.isArray(input.VersionStages) ? input.VersionStages : ['AWSCURRENT'];
      addVersion(secret, token, requestedValue(input), stages, seconds(now));
      file.save();
      const VersionStages = secret.versions[token]?.stages;
      return { ARN: secret.arn, Name: secret.name, VersionId: token, VersionStages };
    },

    UpdateSecretVersionStage(input) {
      const secret = find(input);
      const move = {
        to: optionalString(input, 'MoveToVersionId'),
        from: optionalString(input, 'RemoveFromVersionId'),
      };
      moveStage(secret, requiredString(input, 'VersionStage'), move, seconds(now));
      file.save();
      return { ARN: secret.arn, Name: secret.name };
    },

    DescribeSecret(input) {
      const secret = find(input);
      const staged = Object.entries(secret.versions).filter(([, version]) => version.stages.length > 0);
      return {
        ARN: secret.arn,
        Name: secret.name,
        Description: secret.description,
        RotationEnabled: rotations.has(secret.name),
        CreatedDate: secret.createdAt,
        LastChangedDate: secret.changedAt,
        VersionIdsToStages: Object.fromEntries(staged.map(([id, version]) => [id, version.stages])),
      };
    },

    ListSecretVersionIds(input) {
      const secret = find(input);
      const versions = Object.entries(secret.versions)
        .filter(([, version]) => version.stages.length > 0 || input.IncludeDeprecated === true)
        .map(([VersionId, { stages, createdAt }]) => ({
          VersionId,
          VersionStages: stages,
          CreatedDate: createdAt,
        }));
      return { ARN: secret.arn, Name: secret.name, Versions: versions };
    },

    async RotateSecret(input) {
      const secret = find(input);
      const token = optionalString(input, 'ClientRequestToken') ?? randomUUID();
      const target = rotations.get(secret.name);
      if (target === undefined)
        throw new AwsError(
          'InvalidRequestException',
          `No Lambda rotation function ARN is associated with this secret.`,
        );
      for (const Step of ROTATION_STEPS)
        await target.invoke({
          Step,
          SecretId: secret.arn,
          ClientRequestToken: token,
          RotationToken: randomUUID(),
        });
      return { ARN: secret.arn, Name: secret.name, VersionId: token };
    },

    GetRandomPassword: (input) => ({ RandomPassword: randomPassword(input) }),
  };

  return {
    handle: async (name, input) => operationOf(operations, 'secretsmanager', name)(input),
    create(properties) {
      if (Object.hasOwn(file.state, properties.Name)) return;
      create(properties.Name, properties.Description, randomUUID(), {
        SecretString: initialValue(properties),
      });
    },
    rotateWith: (secretId, target) => void rotations.set(find({ SecretId: secretId }).name, target),
  };
}

/** A secret's ARN ends in six characters that can't be guessed from its name; here they can, and stay. */
function arnOf(name: string, region: string): string {
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

/** The JSON protocol writes times as seconds since 1970. */
function seconds(now: () => Date): number {
  return now().getTime() / 1000;
}
