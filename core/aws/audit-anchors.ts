import { createPublicKey, type KeyObject } from 'node:crypto';
import { systemClock } from '../access/clock.ts';
import { ENV } from '../contract/deployment.ts';
import {
  type Anchor,
  type AnchorLine,
  type AnchorReading,
  anchorLine,
  anchorText,
  readAnchors,
} from '../domain/audit/audit-anchor.ts';
import type { Head } from '../domain/audit/audit-chain.ts';
import { type AwsCall, AwsError } from './aws-call.ts';
import { endpointOf, lambdaCredentials, required } from './lambda-environment.ts';
import { signedClient } from './signed-client.ts';

/** What both sides of the anchors need: KMS, CloudWatch Logs, and what is used there. */
export interface AnchorPlace {
  readonly kms: AwsCall;
  readonly logs: AwsCall;
  /** ARN of the key that heads are signed with: ECC_NIST_P256, which its policy lets the publisher alone use. */
  readonly keyId: string;
  /** The log group of the signed heads; each chain has a stream of its own. */
  readonly logGroup: string;
}

/** How many of a chain's newest lines are read: a page of CloudWatch Logs has a megabyte, and a line 300 bytes. */
const MOST_LINES = 1000;
/** A page may be empty though there are more. */
const MOST_PAGES = 10;
const PATIENCE = { attemptMilliseconds: 2_000, deadlineMilliseconds: 5_000 };

/** Signs the heads of chains and writes them to their log group. */
export class AnchorWriter {
  readonly #place: AnchorPlace;
  readonly #now: () => Date;

  constructor(place: AnchorPlace, now: () => Date) {
    this.#place = place;
    this.#now = now;
  }

  /** Returns the line that was written. @throws Error when KMS or CloudWatch Logs did not take part */
  async write(tenantId: string | null, head: Head): Promise<string> {
    const { kms, keyId } = this.#place;
    const time = this.#now();
    const anchor: Anchor = { tenantId, ...head, signedAt: time.toISOString() };
    const { Signature } = await kms('Sign', {
      KeyId: keyId,
      Message: Buffer.from(anchorText(anchor)).toString('base64'),
      MessageType: 'RAW',
      SigningAlgorithm: 'ECDSA_SHA_256',
    });
    const line = anchorLine(anchor, String(Signature));
    await this.#append(streamOf(tenantId), { timestamp: time.getTime(), message: line });
    return line;
  }

  async #append(logStreamName: string, event: { timestamp: number; message: string }): Promise<void> {
    const { logs, logGroup: logGroupName } = this.#place;
    const put = () => logs('PutLogEvents', { logGroupName, logStreamName, logEvents: [event] });
    const answer = await put().catch(async (error) => {
      if (!isNamed(error, 'ResourceNotFoundException')) throw error;
      await logs('CreateLogStream', { logGroupName, logStreamName }).catch((failure) => {
        if (!isNamed(failure, 'ResourceAlreadyExistsException')) throw failure;
      });
      return put();
    });
    if (answer.rejectedLogEventsInfo) throw new Error(`${logGroupName} refused a line for its time`);
  }
}

/** Reads the signed heads of chains, and tells the false ones. */
export class AnchorReader {
  readonly #place: AnchorPlace;
  #publicKey: Promise<KeyObject> | undefined;

  constructor(place: AnchorPlace) {
    this.#place = place;
  }

  /** A place that can't be read is an outcome: who verifies must hear of it, and of everything else too. */
  async read(tenantId: string | null): Promise<AnchorReading> {
    const { logGroup: place } = this.#place;
    try {
      const lines = await this.#lines(streamOf(tenantId));
      const found = readAnchors(tenantId, lines, await this.#key());
      return { place, state: lines.length === 0 ? 'none' : 'read', reason: null, ...found };
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return { place, state: 'unreadable', reason, anchors: [], tampering: [] };
    }
  }

  async #lines(logStreamName: string): Promise<AnchorLine[]> {
    const { logs, logGroup: logGroupName } = this.#place;
    const lines: AnchorLine[] = [];
    let nextToken: unknown;
    for (let page = 0; page < MOST_PAGES && lines.length < MOST_LINES; page += 1) {
      const asked = { logGroupName, logStreamName, startFromHead: false, limit: MOST_LINES - lines.length };
      const answer = await logs('GetLogEvents', { ...asked, ...(page > 0 && { nextToken }) }).catch(
        (error) => {
          // There is no stream before the first head.
          if (isNamed(error, 'ResourceNotFoundException') && /log stream/i.test(error.message))
            return undefined;
          throw error;
        },
      );
      if (answer === undefined) return [];
      const events = answer.events as { message: string; ingestionTime: number }[];
      lines.push(...events.map(({ message, ingestionTime }) => ({ message, cameAt: ingestionTime })));
      if (page > 0 && answer.nextBackwardToken === nextToken) break;
      nextToken = answer.nextBackwardToken;
    }
    return lines;
  }

  #key(): Promise<KeyObject> {
    this.#publicKey ??= this.#fetchKey().catch((error) => {
      this.#publicKey = undefined;
      throw error;
    });
    return this.#publicKey;
  }

  async #fetchKey(): Promise<KeyObject> {
    const { PublicKey } = await this.#place.kms('GetPublicKey', { KeyId: this.#place.keyId });
    return createPublicKey({ key: Buffer.from(String(PublicKey), 'base64'), format: 'der', type: 'spki' });
  }
}

/** The place that a deployed function is told of. */
export function deployedAnchors(): AnchorPlace {
  const region = required(process.env, 'AWS_REGION');
  const client = (service: 'kms' | 'logs', endpoint: Parameters<typeof endpointOf>[1]) =>
    signedClient({
      service,
      region,
      endpoint: endpointOf(process.env, endpoint),
      credentials: () => lambdaCredentials(process.env),
      ...PATIENCE,
      now: systemClock,
      random: Math.random,
    });
  return {
    kms: client('kms', 'KMS'),
    logs: client('logs', 'CLOUDWATCH_LOGS'),
    keyId: required(process.env, ENV.anchorKey),
    logGroup: required(process.env, ENV.anchorLogGroup),
  };
}

/** A tenant's id is a stream's name; the chain of no tenant has one that no tenant can have. */
function streamOf(tenantId: string | null): string {
  return tenantId ?? '-';
}

function isNamed(error: unknown, name: string): error is AwsError {
  return error instanceof AwsError && error.name === name;
}
