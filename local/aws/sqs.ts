import { createHash, randomUUID } from 'node:crypto';
import { openJsonFile } from './durable-file.ts';
import { AwsError, type AwsService, type Input, operationOf, requiredString } from './protocol.ts';

const DEFAULT_VISIBILITY_SECONDS = 30;
const DEFAULT_RETENTION_SECONDS = 4 * 24 * 3600;
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** What AWS::SQS::Queue says about a queue; other properties change nothing here. */
export interface QueueProperties {
  readonly QueueName: string;
  readonly VisibilityTimeout?: number;
  readonly MessageRetentionPeriod?: number;
}

interface Message {
  readonly id: string;
  readonly body: string;
  /** Milliseconds since 1970, like the next. */
  readonly sentAt: number;
  visibleAt: number;
  receiptHandle: string | null;
  receiveCount: number;
}

interface Queue {
  visibilitySeconds: number;
  retentionSeconds: number;
  messages: Message[];
}

/** SQS standard queues, for dead letters: few messages, all in one JSON file. */
export interface Sqs extends AwsService {
  create(properties: QueueProperties): void;
  /** Appends a message to the queue with this ARN. */
  send(queueArn: string, body: string): void;
}

export function openSqs(path: string, region: string, now: () => Date): Sqs {
  const file = openJsonFile<Record<string, Queue>>(path, {});

  function queueOf(input: Input): Queue {
    return find(lastSegment(requiredString(input, 'QueueUrl'), '/'));
  }

  function find(name: string): Queue {
    const queue = Object.hasOwn(file.state, name) ? file.state[name] : undefined;
    if (queue === undefined)
      throw new AwsError('com.amazonaws.sqs#QueueDoesNotExist', 'The specified queue does not exist.');
    const oldest = now().getTime() - queue.retentionSeconds * 1000;
    queue.messages = queue.messages.filter((message) => message.sentAt > oldest);
    return queue;
  }

  function append(queue: Queue, body: string): object {
    if (body === '' || Buffer.byteLength(body) > MAX_MESSAGE_BYTES)
      throw new AwsError(
        'com.amazonaws.sqs#InvalidParameterValue',
        `One or more parameters are invalid. Reason: Message must be between 1 and ${MAX_MESSAGE_BYTES} bytes long.`,
      );
    const time = now().getTime();
    const message = {
      id: randomUUID(),
      body,
      sentAt: time,
      visibleAt: time,
      receiptHandle: null,
      receiveCount: 0,
    };
    queue.messages.push(message);
    file.save();
    return { MessageId: message.id, MD5OfMessageBody: md5(body) };
  }

  function receive(input: Input): object {
    const queue = queueOf(input);
    const time = now().getTime();
    const seconds = Number(input.VisibilityTimeout ?? queue.visibilitySeconds);
    const messages = queue.messages
      .filter((message) => message.visibleAt <= time)
      .slice(0, Number(input.MaxNumberOfMessages ?? 1));
    for (const message of messages) {
      message.visibleAt = time + seconds * 1000;
      message.receiptHandle = randomUUID();
      message.receiveCount += 1;
    }
    if (messages.length === 0) return {};
    file.save();
    return { Messages: messages.map(toWire) };
  }

  function remove(input: Input): object {
    const queue = queueOf(input);
    const handle = requiredString(input, 'ReceiptHandle');
    queue.messages = queue.messages.filter((message) => message.receiptHandle !== handle);
    file.save();
    return {};
  }

  function attributes(input: Input): object {
    const queue = queueOf(input);
    const name = lastSegment(requiredString(input, 'QueueUrl'), '/');
    const hidden = queue.messages.filter((message) => message.visibleAt > now().getTime()).length;
    const all: Record<string, string> = {
      QueueArn: `arn:aws:sqs:${region}:000000000000:${name}`,
      ApproximateNumberOfMessages: String(queue.messages.length - hidden),
      ApproximateNumberOfMessagesNotVisible: String(hidden),
      VisibilityTimeout: String(queue.visibilitySeconds),
      MessageRetentionPeriod: String(queue.retentionSeconds),
    };
    const wanted = Array.isArray(input.AttributeNames) ? input.AttributeNames : [];
    const names = wanted.includes('All') ? Object.keys(all) : wanted;
    return { Attributes: Object.fromEntries(names.flatMap((n) => (all[n] ? [[n, all[n]]] : []))) };
  }

  const operations: Record<string, (input: Input) => object> = {
    SendMessage: (input) => append(queueOf(input), requiredString(input, 'MessageBody')),
    ReceiveMessage: receive,
    DeleteMessage: remove,
    GetQueueAttributes: attributes,
  };
  return {
    handle: async (name, input) => operationOf(operations, 'AmazonSQS', name)(input),
    create({ QueueName, VisibilityTimeout, MessageRetentionPeriod }) {
      file.state[QueueName] = {
        messages: file.state[QueueName]?.messages ?? [],
        visibilitySeconds: VisibilityTimeout ?? DEFAULT_VISIBILITY_SECONDS,
        retentionSeconds: MessageRetentionPeriod ?? DEFAULT_RETENTION_SECONDS,
      };
      file.save();
    },
    send: (queueArn, body) => void append(find(lastSegment(queueArn, ':')), body),
  };
}

function toWire(message: Message) {
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    Attributes: {
      SentTimestamp: String(message.sentAt),
      ApproximateReceiveCount: String(message.receiveCount),
    },
  };
}

/** SQS checks bodies by MD5; nothing relies on it for security. */
function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function lastSegment(text: string, separator: string): string {
  return text.slice(text.lastIndexOf(separator) + 1);
}
