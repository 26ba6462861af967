import { randomBytes } from 'node:crypto';
import { ENV } from '../contract/deployment.ts';
import { KeyFormat } from '../domain/key-format.ts';
import type { Surroundings } from './management-handler.ts';

/**
 * The value of an environment variable that the deployment sets.
 * @throws Error that names the variable when it is missing
 */
export function environmentVariable(name: (typeof ENV)[keyof typeof ENV]): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`the environment variable ${name} is missing; the deployment sets it`);
  return value;
}

/** The surroundings of a deployed function. */
export function deployedSurroundings(): Surroundings {
  return {
    now: () => new Date(),
    randomBytes,
    keyFormat: new KeyFormat(environmentVariable(ENV.vendor)),
  };
}
