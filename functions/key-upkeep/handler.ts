import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { deployedTable } from '../../core/aws/document-client.ts';
import { deployedPepper } from '../../core/aws/secrets.ts';
import { AliasStore } from '../../core/store/alias-store.ts';
import { CredentialStore } from '../../core/store/credential-store.ts';
import { UpkeepStore } from '../../core/store/upkeep-store.ts';
import { keepUp } from './keep-up.ts';

const inquiry = z.strictObject({
  credentialId: z.string().regex(/^[0-9A-Za-z]{12}$/),
  pepper: z.string(),
  sealed: z.string().max(4096),
});

const table = deployedTable();
const logger = new Logger();
const now = () => new Date();
const peppers = deployedPepper(new SecretsManagerClient({}), now);
const dependencies = {
  credentials: new CredentialStore(table),
  aliases: new AliasStore(table),
  upkeep: new UpkeepStore(table),
  pepper: (versions: readonly string[]) => peppers.pepper(versions),
  now,
  randomBytes,
};

/** Called by events of authorizers, verify and guards that authenticate; see `keepUp`. Answers nothing. */
export async function handler(event: unknown, context: Context): Promise<void> {
  const parsed = inquiry.safeParse(event);
  if (!parsed.success) {
    // It would fail as often as it came again, and what it holds is nobody's to log.
    logger.warn('an event that is no inquiry was passed over');
    return;
  }
  await keepUp(parsed.data, context.awsRequestId, dependencies);
}
