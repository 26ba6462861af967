import { setTimeout as delay } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';

/** How long counts are kept. */
export interface UsageRetention {
  readonly hourDays: number;
  readonly dayDays: number;
}

/** What a store of counts needs to write. */
export interface UsageWriting {
  readonly retention: UsageRetention;
  readonly now: () => Date;
  readonly random: () => number;
}

/** What of a batch could not be counted, and why. */
export interface UncountedPart {
  readonly what: string;
  readonly cause: unknown;
}

export const DAY_SECONDS = 86_400;
/** That a batch was counted is remembered for longer than its lines can lie in the dead-letter queue. */
export const BATCH_LIFE_DAYS = 30;
/** How often a write is tried that others are in the way of. */
export const MOST_ATTEMPTS = 10;
export const CONDITION_FAILED = 'ConditionalCheckFailed';
const FIRST_PAUSE_MILLISECONDS = 20;
const LONGEST_PAUSE_MILLISECONDS = 1_000;
const PASSING: readonly (string | undefined)[] = [
  'None',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
];

/** Whether what stands in a transaction's way, of one of its items, passes by itself. */
export function passes(code: string | undefined): boolean {
  return code === undefined || PASSING.includes(code);
}

/** Undefined when it was done. @throws whatever is no cancellation */
export async function transact(
  { client }: Table,
  input: TransactWriteCommandInput,
): Promise<TransactionCanceledException | undefined> {
  try {
    await client.send(new TransactWriteCommand(input));
    return undefined;
  } catch (error) {
    if (error instanceof TransactionCanceledException) return error;
    throw error;
  }
}

/** Waits for what is in the way, longer with each attempt. */
export async function waitBefore(attempt: number, { random }: UsageWriting): Promise<void> {
  await delay(Math.min(LONGEST_PAUSE_MILLISECONDS, FIRST_PAUSE_MILLISECONDS * 2 ** attempt) * random());
}

/** In seconds since 1970. */
export function inDays(days: number, { now }: UsageWriting): number {
  return Math.floor(now().getTime() / 1000) + days * DAY_SECONDS;
}
