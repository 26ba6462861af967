import { randomBytes, randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { expect } from '@jest/globals';
import { keywrightClient } from '../../client/keywright-client.ts';
import type { RotationEvent } from '../../core/aws/rotating-secret.ts';
import type { LambdaFunction } from '../../emulator/lambda.ts';
import { rotateSecret } from '../../functions/secret-rotation/rotate-secret.ts';
import { startDynamoDb, type TestDynamoDb } from './dynamodb.ts';
import { ADMIN, TestManagement } from './management.ts';
import { type ManagementServer, startManagementServer } from './management-server.ts';

export const TENANT = 'tenant_rotating';
/** Whom test/support/management-server takes a signed request for. */
export const PRINCIPAL = 'arn:aws:iam::000000000000:role/backend';
const OVERLAP_SECONDS = 7200;

export let dynamodb: TestDynamoDb;
export let management: TestManagement;
export let secrets: SecretsManagerClient;
let api: ManagementServer;
let productId: string;

/** Where the management API is called. */
export const managementUrl = () => api.url;

/** A management API and a Secrets Manager, with a tenant and a product; ended by what it gives. */
export async function startRotations(): Promise<() => Promise<void>> {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  api = await startManagementServer(management, () => ADMIN);
  secrets = new SecretsManagerClient({
    ...{ endpoint: dynamodb.endpoint, region: 'eu-central-1', maxAttempts: 1 },
    credentials: dynamodb.aws.credentials,
  });
  await call('POST /v1/tenants', { tenantId: TENANT, name: 'Rotating' });
  const { apiId } = await call('POST /v1/apis', { name: 'a', environment: 'live', scheme: 'subscription' });
  const product = { name: 'P', apiIds: [apiId], requiresApproval: false };
  productId = (await call('POST /v1/products', product)).productId;
  return async () => {
    secrets.destroy();
    await api.close();
    await dynamodb.close();
  };
}

export async function call(methodAndPath: string, body?: object) {
  const answer = await management.call(methodAndPath, body && { body });
  if (answer.status >= 300) throw new Error(`${methodAndPath} answered ${answer.status}: ${answer.text}`);
  return answer.body;
}

type Kind = 'apiKey' | 'subscription';

/** A credential whose key a consumer keeps in a secret, bound to the principal that rotates it. */
export class Stored {
  readonly id: string;
  readonly kind: Kind;
  readonly name: string;
  /** Of calls of Secrets Manager and of the API. */
  calls = 0;
  /** Throws at a call, before or after it was made. */
  cut: (call: number, when: 'before' | 'after') => void = () => undefined;

  private constructor(kind: Kind, id: string, name: string) {
    this.kind = kind;
    this.id = id;
    this.name = name;
  }

  static async make(kind: Kind): Promise<Stored> {
    const [id, key] = kind === 'apiKey' ? await newKey() : await newSubscription();
    const name = `consumer/${id}`;
    const SecretString = JSON.stringify({
      keywright: { type: kind, id, tenant: TENANT },
      key,
      other: 'kept',
    });
    await secrets.send(new CreateSecretCommand({ Name: name, SecretString }));
    const stored = new Stored(kind, id, name);
    const turn = (event: unknown) => stored.step(event as RotationEvent);
    dynamodb.aws.rotateSecretWith(name, { name: 'rotate', invoke: turn } as unknown as LambdaFunction);
    return stored;
  }

  async step(event: RotationEvent, onOldSecretInUse: 'hold' | 'end' = 'hold'): Promise<void> {
    const counted = async <T>(made: () => Promise<T>): Promise<T> => {
      const number = ++this.calls;
      this.cut(number, 'before');
      const answer = await made();
      this.cut(number, 'after');
      return answer;
    };
    const client = keywrightClient({
      url: api.url,
      credentials: {
        sign: async (request) => {
          request.headers.set('authorization', 'AWS4-HMAC-SHA256 signed');
          return request;
        },
      },
      attempts: 1,
    });
    await rotateSecret(event, {
      secrets: { send: (command: never) => counted(() => secrets.send(command)) } as never,
      api: {
        POST: ((...given: never[]) =>
          counted(() => (client.POST as never as (...all: never[]) => Promise<never>)(...given))) as never,
      },
      randomBytes,
      fetch,
      pause: async () => pass(4),
      onOldSecretInUse,
      overlapSeconds: OVERLAP_SECONDS,
    });
  }

  /** As Secrets Manager does it. */
  async turn(): Promise<void> {
    await secrets.send(new RotateSecretCommand({ SecretId: this.name, ClientRequestToken: randomUUID() }));
  }

  async current(): Promise<string> {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: this.name }));
    const { key, other } = JSON.parse(SecretString ?? '');
    expect(other).toBe('kept');
    return key;
  }

  /** How many of its keys work at all. */
  async live(): Promise<number> {
    if (this.kind === 'subscription') return 2;
    return (await call(`GET /v1/tenants/${TENANT}/keys/${this.id}`)).secrets.length;
  }

  /** What must hold at any moment. */
  async check(): Promise<void> {
    expect(await isLetIn(await this.current())).toBe(true);
    expect(await this.live()).toBeLessThanOrEqual(2);
  }
}

export async function newKey(): Promise<[string, string]> {
  const body = { name: 'Stored', type: 'secret', environment: 'live', role: 'reader' };
  const { key, secret } = await call(`POST /v1/tenants/${TENANT}/keys`, body);
  const binding = { principalArn: PRINCIPAL, maxOverlapSeconds: OVERLAP_SECONDS };
  await call(`PUT /v1/tenants/${TENANT}/keys/${key.keyId}/rotation`, binding);
  return [key.keyId, secret];
}

export async function newSubscription(): Promise<[string, string]> {
  const body = { tenantId: TENANT, productId, name: 'Stored' };
  const { subscriptionId } = await call('POST /v1/subscriptions', body);
  await call(`PUT /v1/subscriptions/${subscriptionId}/rotation`, { principalArn: PRINCIPAL });
  const { primaryKey } = await call(`POST /v1/subscriptions/${subscriptionId}/keys/reveal`, {});
  return [subscriptionId, primaryKey];
}

export const pass = (seconds: number) => {
  management.clock = new Date(management.clock.getTime() + seconds * 1000);
};

/** By what authorizers would say, once nobody remembers anything unless less time has passed. */
export async function isLetIn(key: string, afterSeconds = 4): Promise<boolean> {
  pass(afterSeconds);
  const { body } = await management.call('POST /v1/verify', { principal: PRINCIPAL, body: { key, cost: 0 } });
  return body.valid;
}

/** Notes a use as the consumer of logs does. */
export async function note(id: string, secretId: string): Promise<void> {
  await management.lastUses.note({ keyId: id, secretId, at: management.clock.getTime() });
  management.settle();
}
export const secretIds = async (keyId: string) =>
  ((await management.keys.get(TENANT, keyId))?.secrets ?? []).map((secret) => secret.id);
