import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { systemClock } from '../../core/access/clock.ts';
import { deployedTable } from '../../core/aws/document-client.ts';
import { deployedPepper } from '../../core/aws/secrets.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { asHttpApiEvent } from '../../core/management/rest-event.ts';
import { AliasStore } from '../../core/store/alias-store.ts';
import { ApiStore } from '../../core/store/api-store.ts';
import { CredentialStore } from '../../core/store/credential-store.ts';
import { KeyStore } from '../../core/store/key-store.ts';
import { SubscriptionStore } from '../../core/store/subscription-store.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import { deployedDependencies } from '../../core/wiring/deployed-dependencies.ts';
import { GitHubKeys } from './github-keys.ts';
import { leakOperations } from './leak-operations.ts';

const FETCH_MILLISECONDS = 3_000;

const common = deployedDependencies();
const logger = new Logger();
const table = deployedTable();
const peppers = deployedPepper(new SecretsManagerClient({}), common.now);

async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_MILLISECONDS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}

const handle = managementHandler(leakOperations, {
  ...common,
  logger,
  aliases: process.env[ENV.acceptImportedKeys] === 'true' ? new AliasStore(table) : undefined,
  credentials: new CredentialStore(table),
  keys: new KeyStore(table),
  subscriptions: new SubscriptionStore(table),
  apis: new ApiStore(table),
  tenants: new TenantStore(table),
  pepper: (versions) => peppers.pepper(versions),
  githubKeys: new GitHubKeys(fetchJson, systemClock, (message, cause) =>
    logger.warn(message, cause instanceof Error ? { error: cause } : {}),
  ),
});

/** Of a REST API, as what strangers may call is served. */
export const handler = (event: APIGatewayProxyEvent, context: Context) =>
  handle(asHttpApiEvent(event) as Parameters<typeof handle>[0], context);
