import type { Logger } from '@aws-lambda-powertools/logger';
import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import * as z from 'zod';
import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { notFound } from '../../core/domain/ground/not-found.ts';
import { type ApiKey, statusOf } from '../../core/domain/keys/api-key.ts';
import { disableKey } from '../../core/domain/keys/api-key-lifecycle.ts';
import type { Subscription } from '../../core/domain/products/subscription.ts';
import { suspendSubscription } from '../../core/domain/products/subscription-lifecycle.ts';
import { errorAnswer } from '../../core/management/error-answer.ts';
import { bodyText, parseJson } from '../../core/management/request-reader.ts';
import { type Deciding, decideUntilWritten } from '../../core/store/conflict.ts';
import type { CredentialStore } from '../../core/store/credential-store.ts';
import { credentialIdOf } from '../../core/store/item-keys.ts';
import type { KeyStore } from '../../core/store/key-store.ts';
import type { SubscriptionStore } from '../../core/store/subscription-store.ts';

export interface BrakeDependencies extends Deciding {
  readonly credentials: Pick<CredentialStore, 'get'>;
  readonly keys: Pick<KeyStore, 'update'>;
  readonly subscriptions: Pick<SubscriptionStore, 'update'>;
  readonly logger: Pick<Logger, 'info' | 'error'>;
}

/** `{"id": "key_…"}` or `{"id": "sub_…"}`: the public id, never a key. */
const order = z.strictObject({
  id: z
    .string()
    .regex(/^(key|sub)_[0-9A-Za-z]{12}$/, 'Expected the id of an API key or subscription: key_… or sub_…'),
});

/** What a credential is like once the brake was pulled. */
interface Stopped {
  readonly id: string;
  readonly status: string;
}

/**
 * Answers a signed request of a function URL (payload 2.0). What is stopped already stays as it is and is no
 * error: two people may pull at once. It never throws.
 */
export async function pullBrake(
  event: LambdaFunctionURLEvent,
  dependencies: BrakeDependencies,
): Promise<LambdaFunctionURLResult> {
  const { requestId } = event.requestContext;
  try {
    const principal = signerOf(event);
    const { id } = parseJson(order, bodyText(event));
    const body = await stop(
      id,
      { principal, requestId, ip: event.requestContext.http.sourceIp },
      dependencies,
    );
    dependencies.logger.info('brake pulled', { requestId, principal, ...body });
    return answer(200, body);
  } catch (error) {
    const { status, body } = errorAnswer(error, requestId);
    dependencies.logger[status >= 500 ? 'error' : 'info']('brake not pulled', {
      requestId,
      error: error as Error,
    });
    return answer(status, body);
  }
}

/** Lambda has checked signature and policies; a URL that lost its authorization stops nothing. */
function signerOf({ requestContext }: LambdaFunctionURLEvent): string {
  const { authorizer } = requestContext as { authorizer?: { iam?: { userArn?: unknown } | null } };
  const { iam } = Object(authorizer) as NonNullable<typeof authorizer>;
  if (typeof iam?.userArn === 'string' && iam.userArn !== '') return iam.userArn;
  throw new DomainError(
    'forbidden',
    'This is for principals of AWS: sign the request with Signature Version 4 for lambda',
  );
}

interface Puller {
  readonly principal: string;
  readonly requestId: string;
  readonly ip: string;
}

async function stop(
  id: string,
  { principal, requestId, ip }: Puller,
  dependencies: BrakeDependencies,
): Promise<Stopped> {
  const now = dependencies.now();
  const actor = { type: 'principal', id: principal, ip } as const;
  const context: ChangeContext = { now, actor, requestId, eventId: eventId(now, dependencies.randomBytes) };
  const credential = await dependencies.credentials.get(credentialIdOf(id));
  if (credential?.type !== undefined && credential.keyId === id) {
    const stopIt = (key: ApiKey, own: ChangeContext) => stopKey(key, own, dependencies);
    return decideUntilWritten(credential, context, stopIt, dependencies);
  }
  if (credential !== undefined && credential.type === undefined && credential.subscriptionId === id) {
    const stopIt = (subscription: Subscription, own: ChangeContext) =>
      stopSubscription(subscription, own, dependencies);
    return decideUntilWritten(credential, context, stopIt, dependencies);
  }
  throw notFound();
}

async function stopKey(key: ApiKey, context: ChangeContext, { keys }: BrakeDependencies): Promise<Stopped> {
  const status = statusOf(key, context.now);
  if (status !== 'active') return { id: key.keyId, status };
  const change = disableKey(key, undefined, context);
  await keys.update(key, change);
  return { id: key.keyId, status: change.state.status };
}

async function stopSubscription(
  subscription: Subscription,
  context: ChangeContext,
  { subscriptions }: BrakeDependencies,
): Promise<Stopped> {
  const { subscriptionId: id, state } = subscription;
  if (state !== 'active') return { id, status: state };
  const change = suspendSubscription(subscription, undefined, context);
  await subscriptions.update(subscription, change);
  return { id, status: change.state.state };
}

function answer(statusCode: number, body: unknown): LambdaFunctionURLResult {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return { statusCode, headers, body: JSON.stringify(body) };
}
