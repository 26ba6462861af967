import type { Input } from '../aws/protocol.ts';
import type { TemplateResource } from '../template/resources.ts';
import { dynamodbRequests } from './dynamodb-requests.ts';
import type { IamContext, IamRequest } from './statement.ts';

/** A call as a server takes it: an operation, or method and path where the service has no others. */
export interface AwsCall {
  /** As it is signed for: `dynamodb`, `lambda`. */
  readonly service: string;
  readonly operation: string;
  readonly input: Input;
}

/** Where the resources are. */
export interface Account {
  readonly region: string;
  readonly accountId: string;
}

interface KeySchema {
  readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[];
}

interface TableProperties extends KeySchema {
  readonly GlobalSecondaryIndexes?: readonly (KeySchema & { readonly IndexName: string })[];
  readonly Replicas?: readonly {
    readonly Region?: string;
    readonly SSESpecification?: { readonly KMSMasterKeyId?: string };
  }[];
}

/**
 * What IAM is asked for calls of the services of these stacks: the call's own actions, and what services do with
 * keys in their callers' names to keep things encrypted.
 */
export class AwsRequests {
  readonly #account: Account;
  readonly #tables: ReadonlyMap<string, TableProperties>;
  readonly #secretKeys: ReadonlyMap<string, string>;
  readonly #aliases: ReadonlyMap<string, string>;

  constructor(resources: readonly TemplateResource[], account: Account) {
    this.#account = account;
    const ofType = (type: string) => resources.filter(({ Type }) => Type === type);
    this.#tables = new Map(
      ofType('AWS::DynamoDB::GlobalTable').map(({ PhysicalId, Properties }) => [
        String(PhysicalId),
        Properties as unknown as TableProperties,
      ]),
    );
    this.#secretKeys = new Map(
      ofType('AWS::SecretsManager::Secret').flatMap(({ PhysicalId, Properties }) => {
        const here = String(PhysicalId).split(':').with(3, account.region).join(':');
        const { KmsKeyId } = here === PhysicalId ? Properties : (copyIn(account.region, Properties) ?? {});
        return typeof KmsKeyId === 'string' ? [[here, KmsKeyId] as const] : [];
      }),
    );
    this.#aliases = new Map(
      ofType('AWS::KMS::Alias').map(({ PhysicalId, Properties }) => [
        String(Properties.TargetKeyId),
        String(PhysicalId),
      ]),
    );
  }

  /** @throws Error for a service whose requests are not known here */
  of({ service, operation, input }: AwsCall): readonly IamRequest[] {
    const action = `${service}:${operation}`;
    switch (service) {
      case 'dynamodb':
        return this.#withTableKeys(dynamodbRequests(operation, input, this));
      case 'secretsmanager':
        return this.#ofSecret(action, input);
      case 'events':
        return entriesIn(input).map((entry) => this.#ofEvent(action, entry));
      case 'sqs':
        return [{ action, resource: this.#arn('sqs', lastOf(String(input.QueueUrl))) }];
      case 'kms':
        return [
          {
            action,
            resource: this.#ofKey(input),
            context: { ...signing(input), ...encryptionContext(input) },
          },
        ];
      case 'logs':
        return [
          {
            action,
            resource: this.#arn('logs', `log-group:${input.logGroupName}:log-stream:${input.logStreamName}`),
          },
        ];
      case 'ses':
        return this.#ofMail(input);
      case 's3':
        return [{ action: 's3:GetObject', resource: `arn:aws:s3:::${operation.split(' /')[1]}` }];
      case 'lambda':
        return [
          {
            action: 'lambda:InvokeFunction',
            resource: this.#arn('lambda', `function:${functionIn(operation)}`),
          },
        ];
      case 'apigateway': {
        const [method, path] = operation.split(' ');
        const { region } = this.#account;
        return [{ action: `apigateway:${method}`, resource: `arn:aws:apigateway:${region}::${path}` }];
      }
      default:
        throw new Error(`What ${action} asks of IAM is not known here.`);
    }
  }

  partitionKeyOf(table: string, index?: string): string | undefined {
    const properties = this.#tables.get(table);
    const schema =
      index === undefined
        ? properties
        : properties?.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === index);
    return schema?.KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName;
  }

  arnOf = (table: string): string => this.#arn('dynamodb', `table/${table}`);

  /**
   * The caller must be let decrypt by a table's key, through DynamoDB and for that table («Managing encrypted
   * tables in DynamoDB»).
   */
  #withTableKeys(requests: readonly IamRequest[]): readonly IamRequest[] {
    return requests.flatMap((request) => {
      const table = /:table\/([^/]+)/.exec(request.resource)?.[1] ?? '';
      const replicas = this.#tables.get(table)?.Replicas;
      const here = replicas?.find(({ Region }) => Region === this.#account.region) ?? replicas?.[0];
      const key = here?.SSESpecification?.KMSMasterKeyId;
      if (key === undefined || !/:\w*(?:Item|Query|Scan)$/.test(request.action)) return [request];
      const encrypted = { tableName: table, subscriberId: this.#account.accountId };
      const context = Object.entries(encrypted).map(
        ([name, value]) => [`aws:dynamodb:${name}`, value] as const,
      );
      return [request, this.#throughService('kms:Decrypt', key, 'dynamodb', Object.fromEntries(context))];
    });
  }

  #ofSecret(action: string, input: Input): readonly IamRequest[] {
    if (action === 'secretsmanager:ListSecrets') return [{ action, resource: '*' }];
    const name = String(input.SecretId ?? input.Name);
    const arn = name.startsWith('arn:') ? name : this.#arn('secretsmanager', `secret:${name}`);
    // Names have no random end yet; policies match them as they begin.
    const resource = /-\w{6}$/.test(arn) ? arn : `${arn}-000000`;
    const request: IamRequest = { action, resource, context: { 'secretsmanager:SecretId': name } };
    const key = this.#secretKeys.get(arn) ?? input.KmsKeyId ?? [...this.#secretKeys.values()][0];
    const uses = KEY_USE_OF_SECRETS[action] ?? [];
    const through = uses.map((use) =>
      this.#throughService(use, String(key), 'secretsmanager', { SecretARN: resource }),
    );
    return key === undefined ? [request] : [request, ...through];
  }

  #ofEvent(action: string, { EventBusName = 'default', Source, DetailType }: EventEntry): IamRequest {
    return {
      action,
      resource: this.#arn('events', `event-bus/${lastOf(EventBusName)}`),
      context: { 'events:source': String(Source), 'events:detail-type': String(DetailType) },
    };
  }

  /** Both are asked for: who sends, and by which configuration set («Actions, resources, and condition keys for SES»). */
  #ofMail({ FromEmailAddress, ConfigurationSetName, Destination }: Input): readonly IamRequest[] {
    const from = String(FromEmailAddress).replace(/^.*<|>$/g, '');
    const context = {
      'ses:FromAddress': from,
      'ses:Recipients': [(Object(Destination).ToAddresses ?? []) as string[]].flat(),
      'ses:ApiVersion': '2',
    };
    const identity = this.#arn('ses', `identity/${from.slice(from.indexOf('@') + 1)}`);
    const sets = ConfigurationSetName === undefined ? [] : [`configuration-set/${ConfigurationSetName}`];
    return [identity, ...sets.map((set) => this.#arn('ses', set))].map((resource) => ({
      action: 'ses:SendEmail',
      resource,
      context,
    }));
  }

  #throughService(
    action: string,
    key: string,
    service: string,
    encryption: Record<string, string>,
  ): IamRequest {
    const context: Record<string, string> = {
      'kms:ViaService': `${service}.${this.#account.region}.amazonaws.com`,
      'kms:CallerAccount': this.#account.accountId,
    };
    const alias = this.#aliases.get(key);
    if (alias !== undefined) context['kms:ResourceAliases'] = alias;
    for (const [name, value] of Object.entries(encryption)) context[`kms:EncryptionContext:${name}`] = value;
    return { action, resource: key, context };
  }

  /** A ciphertext of KMS's names its key, where the request does not. */
  #ofKey({ KeyId, CiphertextBlob }: Input): string {
    if (KeyId === undefined && typeof CiphertextBlob === 'string') {
      const blob = Buffer.from(CiphertextBlob, 'base64');
      return this.#arn('kms', `key/${blob.subarray(1, 1 + (blob[0] ?? 0))}`);
    }
    return String(KeyId).startsWith('arn:') ? String(KeyId) : this.#arn('kms', `key/${KeyId}`);
  }

  #arn(service: string, resource: string): string {
    const { region, accountId } = this.#account;
    return `arn:aws:${service}:${region}:${accountId}:${resource}`;
  }
}

interface EventEntry {
  readonly EventBusName?: string;
  readonly Source?: string;
  readonly DetailType?: string;
}

/** A secret's copy in a Region. */
function copyIn(region: string, { ReplicaRegions = [] }: Readonly<Record<string, unknown>>) {
  return (ReplicaRegions as { Region: string; KmsKeyId?: string }[]).find(({ Region }) => Region === region);
}

/** «Secret encryption and decryption in AWS Secrets Manager», what needs which permission on the key. */
const KEY_USE_OF_SECRETS: Readonly<Record<string, readonly string[]>> = {
  'secretsmanager:GetSecretValue': ['kms:Decrypt'],
  'secretsmanager:CreateSecret': ['kms:GenerateDataKey', 'kms:Decrypt'],
  'secretsmanager:PutSecretValue': ['kms:GenerateDataKey', 'kms:Decrypt'],
};

function entriesIn({ Entries }: Input): readonly EventEntry[] {
  return (Entries ?? []) as EventEntry[];
}

function signing({ SigningAlgorithm, MessageType }: Input): IamContext {
  return {
    ...(SigningAlgorithm !== undefined && { 'kms:SigningAlgorithm': String(SigningAlgorithm) }),
    ...(MessageType !== undefined && { 'kms:MessageType': String(MessageType) }),
  };
}

function encryptionContext({ EncryptionContext }: Input): IamContext {
  return Object.fromEntries(
    Object.entries(Object(EncryptionContext)).map(([name, value]) => [
      `kms:EncryptionContext:${name}`,
      String(value),
    ]),
  );
}

function functionIn(operation: string): string {
  return decodeURIComponent(/\/functions\/([^/]+)\//.exec(operation)?.[1] ?? '');
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
