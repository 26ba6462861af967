import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';
import { AwsError, type AwsService, type Input, operationOf, requiredString } from './protocol.ts';

const DEFAULT_VISIBILITY_SECONDS = 30;
const DEFAULT_RETENTION_SECONDS = 4 * 24 * 3600;
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** What AWS::SQS::Queue says about a queue; other properties change nothing here. */
export interface QueueProperties {
  readonly QueueName: string;
  readonly VisibilityTimeout?: number;
  readonly MessageRetentionPeriod?: number;
  readonly RedrivePolicy?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
}

/** A message as it was received, for the while that its queue hides it. */
export interface ReceivedMessage {
  readonly id: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const MESSAGE = z.object({
  id: z.string(),
  body: z.string(),
  /** Milliseconds since 1970, like the next. */
  sentAt: z.number(),
  visibleAt: z.number(),
  receiptHandle: z.string().nullable(),
  receiveCount: z.number(),
});
const QUEUE = z.object({
  visibilitySeconds: z.number(),
  retentionSeconds: z.number(),
  redrive: z.object({ queueArn: z.string(), afterReceives: z.number() }).optional(),
  messages: z.array(MESSAGE),
});
type Message = z.infer<typeof MESSAGE>;
type Queue = z.infer<typeof QUEUE>;

/** SQS standard queues of few messages, all in one JSON file. */
export class Sqs implements AwsService {
  readonly #path: string;
  readonly #region: string;
  readonly #now: () => Date;
  readonly #queues: Map<string, Queue>;

  readonly #operations: Record<string, (input: Input) => object> = {
    SendMessage: (input) => this.#append(this.#requested(input), requiredString(input, 'MessageBody')),
    ReceiveMessage: (input) => this.#receive(input),
    DeleteMessage: (input) => this.#delete(input),
    GetQueueAttributes: (input) => this.#attributes(input),
  };

  /** @throws StartError when the file at `path` is damaged. */
  constructor(path: string, region: string, now: () => Date) {
    this.#path = path;
    this.#region = region;
    this.#now = now;
    this.#queues = new Map(Object.entries(readPrivateFile(path, z.record(z.string(), QUEUE)) ?? {}));
  }

  async handle(operation: string, input: Input): Promise<object> {
    return operationOf(this.#operations, 'AmazonSQS', operation)(input);
  }

  /** How many messages of the queue wait to be received; 0 for an unknown queue. */
  depth(queueName: string): number {
    const time = this.#now().getTime();
    const { messages = [] } = this.#queues.get(queueName) ?? {};
    return messages.filter(({ visibleAt }) => visibleAt <= time).length;
  }

  /** Makes the queue, or gives the one that exists these properties. */
  create({ QueueName, VisibilityTimeout, MessageRetentionPeriod, RedrivePolicy }: QueueProperties): void {
    this.#queues.set(QueueName, {
      ...(RedrivePolicy && {
        redrive: {
          queueArn: RedrivePolicy.deadLetterTargetArn,
          afterReceives: Number(RedrivePolicy.maxReceiveCount),
        },
      }),
      messages: this.#queues.get(QueueName)?.messages ?? [],
      visibilitySeconds: VisibilityTimeout ?? DEFAULT_VISIBILITY_SECONDS,
      retentionSeconds: MessageRetentionPeriod ?? DEFAULT_RETENTION_SECONDS,
    });
    this.#save();
  }

  /** Appends a message to the queue with this ARN. */
  send(queueArn: string, body: string): void {
    this.#append(this.#queue(lastSegment(queueArn, ':')), body);
  }

  /** Receives up to so many messages of the queue with this ARN. */
  receive(queueArn: string, most: number): readonly ReceivedMessage[] {
    const queue = this.#queue(lastSegment(queueArn, ':'));
    return this.#take(queue, most, queue.visibilitySeconds).map((message) => ({
      id: message.id,
      receiptHandle: String(message.receiptHandle),
      body: message.body,
      md5: md5(message.body),
      attributes: attributesOf(message),
    }));
  }

  /** Deletes what was received from the queue with this ARN, unless it was received again since. */
  delete(queueArn: string, receiptHandle: string): void {
    this.#forget(this.#queue(lastSegment(queueArn, ':')), receiptHandle);
  }

  #requested(input: Input): Queue {
    return this.#queue(lastSegment(requiredString(input, 'QueueUrl'), '/'));
  }

  #queue(name: string): Queue {
    const queue = this.#queues.get(name);
    if (queue === undefined)
      throw new AwsError('com.amazonaws.sqs#QueueDoesNotExist', 'The specified queue does not exist.');
    const oldest = this.#now().getTime() - queue.retentionSeconds * 1000;
    queue.messages = queue.messages.filter((message) => message.sentAt > oldest);
    return queue;
  }

  #append(queue: Queue, body: string): object {
    if (Buffer.byteLength(body) > MAX_MESSAGE_BYTES)
      throw new AwsError(
        'com.amazonaws.sqs#InvalidParameterValue',
        `One or more parameters are invalid. Reason: Message must be shorter than ${MAX_MESSAGE_BYTES} bytes.`,
      );
    const [id, time] = [randomUUID(), this.#now().getTime()];
    queue.messages.push({ id, body, sentAt: time, visibleAt: time, receiptHandle: null, receiveCount: 0 });
    this.#save();
    return { MessageId: id, MD5OfMessageBody: md5(body) };
  }

  #receive(input: Input): object {
    const queue = this.#requested(input);
    const seconds = Number(input.VisibilityTimeout ?? queue.visibilitySeconds);
    const messages = this.#take(queue, Number(input.MaxNumberOfMessages ?? 1), seconds);
    return messages.length === 0 ? {} : { Messages: messages.map(toWire) };
  }

  #take(queue: Queue, most: number, hiddenSeconds: number): readonly Message[] {
    const time = this.#now().getTime();
    this.#redrive(queue, time);
    const messages = queue.messages.filter((message) => message.visibleAt <= time).slice(0, most);
    for (const message of messages) {
      message.visibleAt = time + hiddenSeconds * 1000;
      message.receiptHandle = randomUUID();
      message.receiveCount += 1;
    }
    if (messages.length > 0) this.#save();
    return messages;
  }

  /** What was received as often as the queue lets it be goes to the dead letters, with the age that it has. */
  #redrive(queue: Queue, time: number): void {
    const { redrive } = queue;
    if (redrive === undefined) return;
    const isDead = (message: Message) =>
      message.visibleAt <= time && message.receiveCount >= redrive.afterReceives;
    const dead = queue.messages.filter(isDead);
    if (dead.length === 0) return;
    queue.messages = queue.messages.filter((message) => !isDead(message));
    this.#queue(lastSegment(redrive.queueArn, ':')).messages.push(...dead);
    this.#save();
  }

  #delete(input: Input): object {
    this.#forget(this.#requested(input), requiredString(input, 'ReceiptHandle'));
    return {};
  }

  #forget(queue: Queue, receiptHandle: string): void {
    queue.messages = queue.messages.filter((message) => message.receiptHandle !== receiptHandle);
    this.#save();
  }

  #attributes(input: Input): object {
    const queue = this.#requested(input);
    const hidden = queue.messages.filter((message) => message.visibleAt > this.#now().getTime()).length;
    const all: Record<string, string> = {
      QueueArn: `arn:aws:sqs:${this.#region}:000000000000:${lastSegment(String(input.QueueUrl), '/')}`,
      ApproximateNumberOfMessages: String(queue.messages.length - hidden),
      ApproximateNumberOfMessagesNotVisible: String(hidden),
      VisibilityTimeout: String(queue.visibilitySeconds),
      MessageRetentionPeriod: String(queue.retentionSeconds),
    };
    const wanted: unknown[] = Array.isArray(input.AttributeNames) ? input.AttributeNames : [];
    const chosen = Object.entries(all).filter(([name]) => wanted.includes('All') || wanted.includes(name));
    return { Attributes: Object.fromEntries(chosen) };
  }

  #save(): void {
    writePrivateFile(this.#path, Object.fromEntries(this.#queues));
  }
}

function toWire(message: Message) {
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    Attributes: attributesOf(message),
  };
}

function attributesOf({ sentAt, receiveCount }: Message) {
  return { SentTimestamp: String(sentAt), ApproximateReceiveCount: String(receiveCount) };
}

/** SQS lets callers check bodies by MD5; nothing relies on it for security. */
function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function lastSegment(text: string, separator: string): string {
  return text.slice(text.lastIndexOf(separator) + 1);
}
