import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { AwsCall } from '../../core/aws/aws-call.ts';
import { PublicClientKeys } from '../../core/aws/public-client-keys.ts';
import { SealedTexts } from '../../core/aws/sealed-text.ts';
import { ShowableKeys } from '../../core/aws/showable-keys.ts';
import type { UsagePlanKeys } from '../../core/aws/usage-plan-keys.ts';
import { type ManagementRoute, signedKey } from '../../core/contract/management-route.ts';
import { ROUTES } from '../../core/contract/routes.ts';
import type { CurrentSession, PeopleContext } from '../../core/contract/session.ts';
import type { LockReading } from '../../core/domain/audit/table-lock.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import { Pepper } from '../../core/domain/keys/pepper.ts';
import type { SignUpRule } from '../../core/domain/people/sign-up.ts';
import { errorSchema } from '../../core/management/error-answer.ts';
import { type ManagementEvent, managementHandler } from '../../core/management/management-handler.ts';
import type { OperationSchema } from '../../core/management/operation.ts';
import { AddresseeStore } from '../../core/store/addressee-store.ts';
import { AlertStore } from '../../core/store/alert-store.ts';
import { AliasStore } from '../../core/store/alias-store.ts';
import { ApiStore } from '../../core/store/api-store.ts';
import { ApprovalStore } from '../../core/store/approval-store.ts';
import { AuditChainReader } from '../../core/store/audit-chain-reader.ts';
import { AuditStore } from '../../core/store/audit-store.ts';
import type { Waiting } from '../../core/store/conflict.ts';
import { CredentialStore } from '../../core/store/credential-store.ts';
import { DocumentStore } from '../../core/store/document-store.ts';
import { DueStore } from '../../core/store/due-store.ts';
import { KeyLists } from '../../core/store/key-lists.ts';
import { KeyStore } from '../../core/store/key-store.ts';
import { tenantOfKey } from '../../core/store/key-tenant.ts';
import { LastUseStore } from '../../core/store/last-use-store.ts';
import { MailStore } from '../../core/store/mail-store.ts';
import { MemberStore } from '../../core/store/member-store.ts';
import { ProductStore } from '../../core/store/product-store.ts';
import { ReceiptStore } from '../../core/store/receipt-store.ts';
import { RefusalStore } from '../../core/store/refusal-store.ts';
import { RevisionStore } from '../../core/store/revision-store.ts';
import { SessionStore } from '../../core/store/session-store.ts';
import { SignUpStore } from '../../core/store/sign-up-store.ts';
import { SubscriptionStore } from '../../core/store/subscription-store.ts';
import { SummaryStore } from '../../core/store/summary-store.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import { alertOperations } from '../../functions/alerts/alert-operations.ts';
import { apiOperations } from '../../functions/apis/api-operations.ts';
import { approvalOperations } from '../../functions/approvals/approval-operations.ts';
import type { ApprovalDependencies } from '../../functions/approvals/dependencies.ts';
import { type FinishingReport, finishOverdue } from '../../functions/approvals/finish-approval.ts';
import { auditOperations } from '../../functions/audit/audit-operations.ts';
import { keyOperations } from '../../functions/keys/key-operations.ts';
import { GitHubKeys } from '../../functions/leaks/github-keys.ts';
import { leakOperations } from '../../functions/leaks/leak-operations.ts';
import { memberOperations } from '../../functions/members/member-operations.ts';
import { errorStatuses, SCHEMAS } from '../../functions/openapi/document.ts';
import { openApiOperations } from '../../functions/openapi/openapi-operations.ts';
import { productOperations } from '../../functions/products/product-operations.ts';
import { rotationOperations } from '../../functions/rotation/rotation-operations.ts';
import { signUpOperations } from '../../functions/sign-ups/sign-up-operations.ts';
import { subscriptionOperations } from '../../functions/subscriptions/subscription-operations.ts';
import { tenantOperations } from '../../functions/tenants/tenant-operations.ts';
import { usageOperations } from '../../functions/usage/usage-operations.ts';
import { verifyOperations } from '../../functions/verify/verify-operations.ts';
import { MemoryAnchors } from './audit.ts';
import type { TestDynamoDb } from './dynamodb.ts';
import { DATA_KEY, localKms } from './local-kms.ts';
import { verification } from './verification.ts';

/** Claims as API Gateway passes them on. */
export type TestClaims = Readonly<Record<string, string>>;

export const ADMIN: TestClaims = {
  sub: 'person-admin',
  email: 'admin@keywright.test',
  'keywright:role': 'admin',
  'keywright:tenants': '[*]',
  amr: '[pwd otp mfa]',
};
export const SECOND_ADMIN: TestClaims = { ...ADMIN, sub: 'person-second' };

export interface TestRequest {
  readonly claims?: TestClaims;
  /** By which the person came. */
  readonly session?: CurrentSession;
  /** What the people's authorizer handed on, whole; in place of `claims` and `session`. */
  readonly people?: PeopleContext;
  /** ARN of a principal of AWS who signed it, in a person's place. */
  readonly principal?: string;
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly text?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where it comes from. */
  readonly ip?: string;
  /** Replaces parts of the event. */
  readonly event?: Partial<ManagementEvent>;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests read the fields that the schema has been checked for
  readonly body: any;
  readonly text: string;
}

interface TestManagementOptions {
  readonly kms?: AwsCall;
  readonly acceptsImported?: boolean;
  readonly waiting?: Waiting;
  readonly mailsInvitations?: boolean;
  readonly signUpRule?: SignUpRule;
}

/** The management API's functions on a test's tables, called with the events of an HTTP API. */
export class TestManagement {
  /** Moves when a test says so. */
  clock = new Date('2026-11-22T12:00:00.000Z');
  readonly logged: string[] = [];
  /** What GitHub's list of public keys answers. */
  githubKeys: () => Promise<unknown> = async () => ({ public_keys: [] });
  /** Where people sign in; a test may change it. */
  readonly discovery: { issuer: string; clientId: string | null } = {
    issuer: 'https://issuer.example',
    clientId: 'command',
  };
  readonly keyFormat = new KeyFormat();
  /** Gets another version when a test says so. */
  pepper = Pepper.parse(JSON.stringify({ current: 'v1', v1: 'p'.repeat(64) }));
  readonly apis: ApiStore;
  readonly subscriptions: SubscriptionStore;
  readonly products: ProductStore;
  readonly keys: KeyStore;
  readonly tenants: TenantStore;
  readonly approvals: ApprovalStore;
  readonly sessions: SessionStore;
  /** The signed heads of audit chains. */
  readonly anchors = new MemoryAnchors();
  /** What is found of the audit table's policy. */
  lock: LockReading = { state: 'intact', differences: [] };
  readonly lastUses: LastUseStore;
  /** Where API Gateway's own keys are made; by default nowhere, as without usage plans. */
  usagePlanKeys: UsagePlanKeys = { add: async () => false };
  readonly #finishing: ApprovalDependencies & { readonly due: DueStore };
  readonly #handlers: Readonly<Record<string, Handler>>;
  /** Lets lists, use and the audit log catch up. */
  readonly settle: () => void;
  #requests = 0;

  /**
   * @param kms what keys are sealed by; the local one unless a test has another
   * @param acceptsImported whether `verify` and `leaks` look for keys that were imported
   */
  constructor(
    dynamodb: Pick<TestDynamoDb, 'aws' | 'endpoint' | 'main' | 'regional' | 'audit' | 'usage' | 'settle'>,
    {
      kms = localKms(dynamodb),
      acceptsImported = false,
      waiting,
      mailsInvitations = false,
      signUpRule = { mode: 'off', domains: {} },
    }: TestManagementOptions = {},
  ) {
    process.env.POWERTOOLS_METRICS_DISABLED = 'true';
    this.settle = () => dynamodb.settle();
    this.products = new ProductStore(dynamodb.main);
    this.subscriptions = new SubscriptionStore(dynamodb.main);
    this.apis = new ApiStore(dynamodb.main);
    this.keys = new KeyStore(dynamodb.main);
    this.tenants = new TenantStore(dynamodb.main);
    this.lastUses = new LastUseStore(dynamodb.usage);
    this.approvals = new ApprovalStore(dynamodb.main);
    const members = new MemberStore(dynamodb.main);
    this.sessions = new SessionStore(dynamodb.main);
    const sealedTexts = new SealedTexts(kms, DATA_KEY);
    const dependencies = {
      members,
      sessions: this.sessions,
      memberships: (sub: string, tenantId: string | undefined) => members.membershipsOf(sub, tenantId),
      now: () => this.clock,
      randomBytes,
      signUpRule,
      signUpMode: signUpRule.mode,
      signUps: new SignUpStore(dynamodb.main),
      mailsInvitations,
      ...(mailsInvitations && {
        mailSettings: {
          addressees: new AddresseeStore(dynamodb.main),
          mails: new MailStore(dynamodb.main),
        },
      }),
      ...(waiting && { waiting }),
      keyFormat: this.keyFormat,
      logger: listeningLogger(this.logged),
      keys: this.keys,
      keyLists: new KeyLists(dynamodb.main, this.tenants, this.lastUses),
      tenants: this.tenants,
      aliases: new AliasStore(dynamodb.main),
      lastUses: this.lastUses,
      usage: new UsageStore(dynamodb.usage),
      summaries: new SummaryStore(dynamodb.usage, () => this.clock),
      refusals: new RefusalStore(dynamodb.usage),
      receipts: new ReceiptStore(dynamodb.usage),
      tenantOf: (keyId: string) => tenantOfKey(dynamodb.main, keyId),
      apis: this.apis,
      showableKeys: new ShowableKeys(sealedTexts),
      publicKeys: new PublicClientKeys(sealedTexts),
      clientKeys: new PublicClientKeys(sealedTexts),
      documents: new DocumentStore(dynamodb.main, randomBytes),
      subscriptions: this.subscriptions,
      products: this.products,
      approvals: this.approvals,
      alerts: new AlertStore(dynamodb.main),
      audit: new AuditStore(dynamodb.audit),
      chains: new AuditChainReader(dynamodb.audit, 20),
      anchors: this.anchors,
      revisions: new RevisionStore(dynamodb.main, dynamodb.audit),
      lock: { read: async () => this.lock },
      usagePlanKeys: { add: (key: Parameters<UsagePlanKeys['add']>[0]) => this.usagePlanKeys.add(key) },
      pepper: async () => this.pepper,
      credentials: new CredentialStore(dynamodb.main),
      githubKeys: new GitHubKeys(
        () => this.githubKeys(),
        () => this.clock.getTime(),
      ),
    };
    this.#finishing = { ...dependencies, due: new DueStore(dynamodb.main) };
    this.#handlers = {
      keys: managementHandler(keyOperations, dependencies),
      tenants: managementHandler(tenantOperations, dependencies),
      apis: managementHandler(apiOperations, dependencies),
      products: managementHandler(productOperations, dependencies),
      subscriptions: managementHandler(subscriptionOperations, dependencies),
      audit: managementHandler(auditOperations, dependencies),
      approvals: managementHandler(approvalOperations, dependencies),
      alerts: managementHandler(alertOperations, dependencies),
      leaks: managementHandler(leakOperations, {
        ...dependencies,
        aliases: acceptsImported ? dependencies.aliases : undefined,
      }),
      usage: managementHandler(usageOperations, dependencies),
      rotation: managementHandler(rotationOperations, dependencies),
      verify: managementHandler(verifyOperations, {
        ...dependencies,
        ...verification(dynamodb, dependencies, () => this.pepper, { acceptsImported, lines: this.logged }),
      }),
      members: managementHandler(memberOperations, dependencies),
      openapi: managementHandler(openApiOperations, {
        ...dependencies,
        discovery: this.discovery,
      }),
      'sign-ups': managementHandler(signUpOperations, dependencies),
    };
  }

  /** Brings approvals that were cut off to their end, as the schedule does, so many hours from now. */
  finishApprovals(hours = 1, hasTime = () => true): Promise<FinishingReport> {
    const time = new Date(this.clock.getTime() + hours * 3_600_000);
    this.settle();
    return finishOverdue({ ...this.#finishing, now: () => time }, { requestId: 'finish-1', hasTime });
  }

  /**
   * Calls an operation by method and path, as an admin of every tenant unless told otherwise, and checks
   * that the answer has the shape that the OpenAPI document promises.
   */
  async call(methodAndPath: string, request: TestRequest = {}): Promise<TestAnswer> {
    const { route, routeKey, pathParameters } = routeOf(methodAndPath);
    // Lists, use and the audit log follow by a second or more, so who asks for them has waited that long.
    if (methodAndPath.startsWith('GET ')) this.settle();
    const event = this.#event(methodAndPath, routeKey, pathParameters, request);
    const result = (await this.#handlers[route.function]?.(event, CONTEXT)) as Result;
    // Of an answer of 500 a test that fails shows the status alone: what was behind it is told then.
    if (result.statusCode === 500)
      globalThis.unexpected = this.logged.findLast((line) => line.includes('request failed'));
    const text = result.body ?? '';
    const answer = {
      status: result.statusCode,
      headers: result.headers,
      text,
      body: bodyOf(result),
    };
    // A route that a test made up is nowhere deployed, and in no document.
    if (event.routeKey === routeKey) checkShape(route, SCHEMAS[route.operation], answer);
    return answer;
  }

  #event(
    methodAndPath: string,
    routeKey: string,
    pathParameters: Record<string, string>,
    {
      claims = ADMIN,
      session,
      people,
      principal,
      body,
      text,
      query,
      headers,
      ip = '198.51.100.7',
      event,
    }: TestRequest,
  ): ManagementEvent {
    const [method = '', path = ''] = methodAndPath.split(' ');
    const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
    this.#requests += 1;
    return {
      version: '2.0',
      routeKey,
      rawPath: path,
      rawQueryString: new URLSearchParams(query).toString(),
      headers: {
        authorization: 'Bearer header.claims.signature',
        ...(sent !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(query && { queryStringParameters: query }),
      ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
      ...(sent !== undefined && { body: sent }),
      isBase64Encoded: false,
      requestContext: {
        accountId: '000000000000',
        apiId: 'management',
        authorizer: authorizerOf(principal, people ?? { claims, ...(session && { session }) }),
        domainName: 'localhost',
        domainPrefix: 'localhost',
        http: { method, path, protocol: 'HTTP/1.1', sourceIp: ip, userAgent: 'jest' },
        requestId: `request-${this.#requests}`,
        routeKey,
        stage: '$default',
        time: '22/Nov/2026:12:00:00 +0000',
        timeEpoch: this.clock.getTime(),
      },
      ...event,
    };
  }
}

function authorizerOf(userArn: string | undefined, context: PeopleContext): { lambda: PeopleContext } {
  return userArn === undefined
    ? { lambda: context }
    : ({ iam: { userArn } } as unknown as { lambda: PeopleContext });
}

interface Result {
  statusCode: number;
  headers: Record<string, unknown>;
  body?: string;
}
type Handler = (event: ManagementEvent, context: Context) => Promise<unknown>;

export const CONTEXT: Context = {
  awsRequestId: 'invocation-1',
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'keywright-test',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:keywright-test',
  logGroupName: '/aws/lambda/keywright-test',
  logStreamName: 'test',
  memoryLimitInMB: '256',
  getRemainingTimeInMillis: () => 60_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};

const DEPLOYED = (ROUTES as readonly (ManagementRoute & (typeof ROUTES)[number])[])
  .flatMap((route) => [
    { route, routeKey: route.key as string },
    ...(route.configures ? [{ route, routeKey: signedKey(route) }] : []),
  ])
  .map((deployed) => ({
    ...deployed,
    names: [...deployed.routeKey.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    pattern: new RegExp(`^${deployed.routeKey.replaceAll(/\{\w+\}/g, '([^/]+)')}$`),
  }));

/** The route that API Gateway would choose for a request, and its path parameters. */
function routeOf(methodAndPath: string) {
  for (const { route, routeKey, names, pattern } of DEPLOYED) {
    const match = pattern.exec(methodAndPath);
    if (match !== null) {
      const values = match.slice(1).map(decodeURIComponent);
      const pathParameters = Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
      return { route, routeKey, pathParameters };
    }
  }
  throw new Error(`no route for ${methodAndPath}`);
}

function checkShape(route: ManagementRoute, schema: OperationSchema, { status, body }: TestAnswer): void {
  const lines = schema.mediaType !== undefined && status < 400;
  const refused = errorStatuses(route, schema).includes(status) ? errorSchema : undefined;
  const shape = status >= 400 ? refused : schema.answers[status];
  if (shape === undefined)
    throw new Error(`the document of ${route.key} knows no answer with status ${status}`);
  if (shape === null) {
    if (body !== undefined) throw new Error(`an answer with status ${status} has no body`);
    return;
  }
  if (body === undefined && schema.csv) return;
  for (const one of lines ? body : [body]) shape.parse(one);
}

/** The answer's JSON; of lines of JSON a list. */
function bodyOf({ headers, body = '' }: Result): unknown {
  if (String(headers['content-type']).startsWith('text/csv')) return undefined;
  if (headers['content-type'] === 'application/x-ndjson')
    return body
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return body === '' ? undefined : JSON.parse(body);
}

/** A logger whose lines a test can read. */
function listeningLogger(lines: string[]): Logger {
  const logger = new Logger({ serviceName: 'test', logLevel: 'DEBUG' });
  const listen = (line: unknown) => void lines.push(String(line));
  Object.assign(logger, {
    console: { debug: listen, info: listen, warn: listen, error: listen, log: listen },
  });
  return logger;
}
