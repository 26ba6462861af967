import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { required } from '../aws/lambda-environment.ts';
import { ENV } from '../contract/deployment.ts';
import { KeyFormat } from '../domain/keys/key-format.ts';
import type { Surroundings } from '../management/management-handler.ts';

/** The surroundings of a deployed function. */
export function deployedSurroundings(): Surroundings {
  return {
    now: () => new Date(),
    randomBytes,
    keyFormat: new KeyFormat(required(process.env, ENV.vendor)),
    logger: new Logger(),
  };
}
