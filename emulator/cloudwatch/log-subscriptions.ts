import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import type { LambdaFunction } from '../lambda.ts';
import type { ResolvedTemplates } from '../template.ts';

/** How long lines are collected before they are delivered together; CloudWatch Logs takes seconds. */
const COLLECTING_MILLISECONDS = 200;
const MOST_LINES = 1_000;
/** Lambda waits one minute and then two before it calls a function again; nobody wants to wait so long here. */
const FIRST_RETRY_MILLISECONDS = 1_000;
const CLOSING_MILLISECONDS = 3_000;
const EVENT_ID_LENGTH = 56;

const filterProperties = z.object({
  LogGroupName: z.string(),
  /** All lines, or those of which one JSON field has one value. */
  FilterPattern: z.string().regex(/^(?:\{ \$\.\w+ = "[^"]*" \})?$/),
  DestinationArn: z.string(),
});
const invokeProperties = z.object({
  FunctionName: z.string(),
  MaximumRetryAttempts: z.number().default(2),
  DestinationConfig: z.object({ OnFailure: z.object({ Destination: z.string() }).optional() }).optional(),
});

interface LogEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
}

interface Subscription extends z.output<typeof filterProperties> {
  readonly name: string;
  readonly isWanted: (line: string) => boolean;
  readonly collected: LogEvent[];
  timer?: NodeJS.Timeout;
  /** Whether a delivery is under way: what comes meanwhile is the next one, the larger the busier it is here. */
  isDelivering: boolean;
}

export interface LogSubscriptionOptions {
  readonly region: string;
  readonly now: () => Date;
  readonly log: (line: string) => void;
  readonly sendMessage: (queueArn: string, body: string) => void;
  /** Appends to a delivery stream. */
  readonly putRecord: (streamArn: string, record: Uint8Array) => void;
}

/** The log group's name in its ARN. */
function logGroupNameOf(arn: string): string {
  return /:log-group:([^:]+)/.exec(arn)?.[1] ?? arn;
}

/**
 * The templates' AWS::Logs::SubscriptionFilter: lines of their log groups, delivered to functions and to
 * delivery streams as CloudWatch Logs does, to functions by asynchronous calls that are repeated and then given up as the function's
 * AWS::Lambda::EventInvokeConfig says. Lines that were not delivered are lost with the process.
 */
export class LogSubscriptions {
  readonly #options: LogSubscriptionOptions;
  readonly #subscriptions: readonly Subscription[];
  readonly #invokes: readonly z.output<typeof invokeProperties>[];
  readonly #delivering = new Set<Promise<void>>();
  #find: ((nameOrArn: string) => LambdaFunction) | undefined;
  #lastId = 0n;

  constructor({ stacks }: ResolvedTemplates, options: LogSubscriptionOptions) {
    const resources = stacks.flatMap((stack) => Object.entries(stack.resources));
    const ofType = (type: string) => resources.filter(([, { Type }]) => Type === type);
    this.#options = options;
    this.#subscriptions = ofType('AWS::Logs::SubscriptionFilter').map(([name, { Properties }]) => {
      const properties = filterProperties.parse(Properties);
      return {
        ...properties,
        name,
        isWanted: lineFilter(properties.FilterPattern),
        collected: [],
        isDelivering: false,
      };
    });
    this.#invokes = ofType('AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) =>
      invokeProperties.parse(Properties),
    );
    this.#lastId = BigInt(options.now().getTime()) * 10n ** 20n;
  }

  /** Says where the functions are; until then lines are collected. */
  deliverTo(functions: { find(nameOrArn: string): LambdaFunction }): void {
    this.#find = (nameOrArn) => functions.find(nameOrArn);
  }

  /** Takes a line of a log group. */
  write(logGroupName: string, line: string): void {
    for (const subscription of this.#subscriptions) {
      if (subscription.LogGroupName !== logGroupName || !subscription.isWanted(line)) continue;
      this.#lastId += 1n;
      subscription.collected.push({
        id: String(this.#lastId).padStart(EVENT_ID_LENGTH, '0'),
        timestamp: this.#options.now().getTime(),
        message: line,
      });
      this.#collect(subscription);
    }
  }

  /** Takes a line of an access log: of a log group, or for a delivery stream, past log groups. */
  writeAccess(destinationArn: string, line: string): void {
    if (destinationArn.startsWith('arn:aws:firehose:'))
      this.#options.putRecord(destinationArn, Buffer.from(line));
    else this.write(logGroupNameOf(destinationArn), line);
  }

  /** Delivers what was collected, as far as that goes at once. */
  async close(): Promise<void> {
    await Promise.race([this.#allDelivered(), delay(CLOSING_MILLISECONDS, undefined, { ref: false })]);
  }

  async #allDelivered(): Promise<void> {
    do {
      for (const subscription of this.#subscriptions) this.#flush(subscription);
      await Promise.all(this.#delivering);
    } while (this.#subscriptions.some(({ collected }) => collected.length > 0));
  }

  #collect(subscription: Subscription): void {
    if (subscription.collected.length === 0) return;
    subscription.timer ??= setTimeout(() => this.#flush(subscription), COLLECTING_MILLISECONDS);
  }

  #flush(subscription: Subscription): void {
    clearTimeout(subscription.timer);
    delete subscription.timer;
    if (subscription.isDelivering || subscription.collected.length === 0) return;
    const logEvents = subscription.collected.splice(0, MOST_LINES);
    subscription.isDelivering = true;
    let isFirst = true;
    const letOthersGo = () => {
      if (isFirst) subscription.isDelivering = false;
      isFirst = false;
      this.#collect(subscription);
    };
    const delivered = this.#deliver(subscription, logEvents, letOthersGo)
      .catch((error) =>
        this.#options.log(`Log lines of ${subscription.LogGroupName} could not be delivered: ${error}`),
      )
      .finally(() => {
        letOthersGo();
        this.#delivering.delete(delivered);
      });
    this.#delivering.add(delivered);
  }

  /** @param onFailure called when it failed, for others need not wait for its repeats */
  async #deliver(
    { name, LogGroupName, DestinationArn }: Subscription,
    logEvents: LogEvent[],
    onFailure: () => void,
  ): Promise<void> {
    const data = {
      messageType: 'DATA_MESSAGE',
      owner: DestinationArn.split(':')[4],
      logGroup: LogGroupName,
      logStream: 'local',
      subscriptionFilters: [name],
      logEvents,
    };
    const record = gzipSync(JSON.stringify(data));
    if (DestinationArn.startsWith('arn:aws:firehose:')) {
      this.#options.putRecord(DestinationArn, record);
      return;
    }
    const target = this.#find?.(DestinationArn);
    if (target === undefined) throw new Error('the functions have not been started');
    const event = { awslogs: { data: record.toString('base64') } };
    const invoke = this.#invokes.find(({ FunctionName }) => FunctionName === target.name);
    const retries = invoke?.MaximumRetryAttempts ?? 2;
    for (let attempt = 0; ; attempt++) {
      try {
        await target.invoke(event, 'Event');
        return;
      } catch (error) {
        this.#options.log(`${target.name} failed on ${logEvents.length} log lines: ${error}`);
        onFailure();
        if (attempt === retries) break;
        await delay(FIRST_RETRY_MILLISECONDS * (attempt + 1), undefined, { ref: false });
      }
    }
    const queue = invoke?.DestinationConfig?.OnFailure?.Destination;
    if (queue !== undefined) this.#options.sendMessage(queue, this.#failure(target.name, event, retries + 1));
  }

  /** The record of a failed asynchronous call, as Lambda sends it to a destination. */
  #failure(functionName: string, requestPayload: object, invokeCount: number): string {
    const { region, now } = this.#options;
    return JSON.stringify({
      version: '1.0',
      timestamp: now().toISOString(),
      requestContext: {
        requestId: randomUUID(),
        functionArn: `arn:aws:lambda:${region}:000000000000:function:${functionName}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: invokeCount,
      },
      requestPayload,
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    });
  }
}

function lineFilter(pattern: string): (line: string) => boolean {
  const [, field = '', value] = /^\{ \$\.(\w+) = "([^"]*)" \}$/.exec(pattern) ?? [];
  if (value === undefined) return () => true;
  return (line) => {
    try {
      return Object(JSON.parse(line))[field] === value;
    } catch {
      return false;
    }
  };
}
