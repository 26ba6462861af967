import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { deployedTable } from '../../core/aws/document-client.ts';
import { CredentialStore } from '../../core/store/credential-store.ts';
import { KeyStore } from '../../core/store/key-store.ts';
import { SubscriptionStore } from '../../core/store/subscription-store.ts';
import { pullBrake } from './pull-brake.ts';

const table = deployedTable();
const dependencies = {
  credentials: new CredentialStore(table),
  keys: new KeyStore(table),
  subscriptions: new SubscriptionStore(table),
  now: () => new Date(),
  randomBytes,
  logger: new Logger(),
};

export const handler = (event: LambdaFunctionURLEvent) => pullBrake(event, dependencies);
