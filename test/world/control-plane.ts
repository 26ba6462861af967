import { randomBytes } from 'node:crypto';
import { PublicClientKeys } from '../../core/aws/public-client-keys.ts';
import { SealedTexts } from '../../core/aws/sealed-text.ts';
import { PepperSecret } from '../../core/aws/secrets.ts';
import { ShowableKeys } from '../../core/aws/showable-keys.ts';
import { RESOURCE } from '../../core/contract/deployment.ts';
import { ROUTES } from '../../core/contract/routes.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { AliasStore } from '../../core/store/alias-store.ts';
import { ApiStore } from '../../core/store/api-store.ts';
import { ApprovalStore } from '../../core/store/approval-store.ts';
import { CredentialStore } from '../../core/store/credential-store.ts';
import { DocumentStore } from '../../core/store/document-store.ts';
import { DueStore } from '../../core/store/due-store.ts';
import { KeyLists } from '../../core/store/key-lists.ts';
import { KeyStore } from '../../core/store/key-store.ts';
import { LastUseStore } from '../../core/store/last-use-store.ts';
import { MemberStore } from '../../core/store/member-store.ts';
import { ProductStore } from '../../core/store/product-store.ts';
import { SubscriptionStore } from '../../core/store/subscription-store.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import { UpkeepStore } from '../../core/store/upkeep-store.ts';
import { apiOperations } from '../../functions/apis/api-operations.ts';
import { approvalOperations } from '../../functions/approvals/approval-operations.ts';
import { keyOperations } from '../../functions/keys/key-operations.ts';
import { productOperations } from '../../functions/products/product-operations.ts';
import { subscriptionOperations } from '../../functions/subscriptions/subscription-operations.ts';
import { tenantOperations } from '../../functions/tenants/tenant-operations.ts';
import type { Instance } from './instance.ts';
import type { Wire } from './wire.ts';

/** A request to the management API. */
export interface Operation {
  /** `POST /v1/tenants`. */
  readonly line: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Who asks; all of them are admins of every tenant. */
  readonly person: string;
  readonly requestId: string;
}

export interface OperationAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the fields are the contract's
  readonly body: any;
}

/** Everything that the functions of the control plane are made of, on one instance. */
export function controlDependencies(wire: Wire) {
  const client = wire.client('dynamodb');
  const table = { client, name: RESOURCE.table };
  const secrets = wire.client('secretsmanager');
  const now = () => new Date();
  const peppers = new PepperSecret(secrets, RESOURCE.pepperSecret, now);
  const tenants = new TenantStore(table);
  const lastUses = new LastUseStore({ client, name: RESOURCE.usageTable });
  const sealedTexts = new SealedTexts(wire.kms, 'world');
  return {
    client,
    now,
    randomBytes,
    keyFormat: new KeyFormat(),
    keys: new KeyStore(table),
    keyLists: new KeyLists(table, tenants, lastUses),
    tenants,
    members: new MemberStore(table),
    aliases: new AliasStore(table),
    apis: new ApiStore(table),
    documents: new DocumentStore(table, randomBytes),
    products: new ProductStore(table),
    subscriptions: new SubscriptionStore(table),
    approvals: new ApprovalStore(table),
    credentials: new CredentialStore(table),
    due: new DueStore(table),
    upkeep: new UpkeepStore(table),
    lastUses,
    showableKeys: new ShowableKeys(sealedTexts),
    publicKeys: new PublicClientKeys(sealedTexts),
    clientKeys: new PublicClientKeys(sealedTexts),
    usagePlanKeys: { add: async () => false },
    pepper: (versions?: readonly string[]) => peppers.pepper(versions),
  };
}

/** Each route's pattern, in the table's order. */
const PATTERNS = ROUTES.map((route) => ({
  route,
  pattern: new RegExp(`^${route.key.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

/** One instance of the management API's functions. */
export class ControlPlane {
  readonly instance: Instance;
  readonly dependencies: ReturnType<typeof controlDependencies>;
  readonly #handle: (event: unknown, context: unknown) => Promise<unknown>;

  constructor(instance: Instance, wire: Wire) {
    this.instance = instance;
    this.dependencies = instance.run(() => controlDependencies(wire));
    const operations = {
      ...tenantOperations,
      ...keyOperations,
      ...apiOperations,
      ...productOperations,
      ...subscriptionOperations,
      ...approvalOperations,
    };
    this.#handle = managementHandler(operations, this.dependencies) as never;
  }

  /** Never settles where the instance is lost meanwhile. */
  async call(operation: Operation): Promise<OperationAnswer> {
    this.instance.busy += 1;
    try {
      const answer = (await this.instance.run(() => this.#handle(eventOf(operation), {}))) as {
        statusCode: number;
        body?: string;
      };
      return {
        status: answer.statusCode,
        body: answer.body === undefined ? undefined : JSON.parse(answer.body),
      };
    } finally {
      this.instance.busy -= 1;
    }
  }
}

/** The event of an HTTP API, payload 2.0. */
function eventOf({ line, body, headers, person, requestId }: Operation): object {
  const found = PATTERNS.find(({ pattern }) => pattern.test(line));
  if (found === undefined) throw new Error(`no route for ${line}`);
  const [method = '', path = ''] = line.split(' ');
  const claims = {
    sub: person,
    email: `${person}@keywright.test`,
    'keywright:role': 'admin',
    'keywright:tenants': '[*]',
    amr: '[pwd otp mfa]',
  };
  return {
    version: '2.0',
    routeKey: found.route.key,
    rawPath: path,
    rawQueryString: '',
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    pathParameters: { ...found.pattern.exec(line)?.groups },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    isBase64Encoded: false,
    requestContext: {
      authorizer: { lambda: { claims } },
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '198.51.100.7', userAgent: 'world' },
      requestId,
      routeKey: found.route.key,
    },
  };
}
