import { gzipSync } from 'node:zlib';
import type { CloudWatchLogsEvent } from 'aws-lambda';

/** A line of a log group. `timestamp` is in milliseconds since 1970. */
export interface LogLine {
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
}

/** What a request's line says that is not the same for all requests of a bench. */
export interface LoggedRequest {
  readonly id: string;
  readonly time: number;
  readonly keyId: string;
  readonly tenantId: string;
  readonly environment: string;
  readonly keyType: string;
  readonly status: number;
  readonly address: string;
}

/** The line of a request, as API Gateway writes it for lib/constructs/access-log.ts. */
export function requestLine(request: LoggedRequest): LogLine {
  const { id, time, status, address, keyId, tenantId, environment, keyType } = request;
  const message = {
    requestId: id,
    requestTimeEpoch: `${time}`,
    responseLatency: '12',
    status: `${status}`,
    sourceIp: address,
    httpMethod: 'GET',
    resourcePath: '/v1/{proxy+}',
    route: '/v1/orders',
    keyId,
    tenantId,
    environment,
    keyType,
    secretId: 'secret1',
    slot: '-',
    errorCode: '-',
  };
  return { id, timestamp: time, message: JSON.stringify(message) };
}

/** Lines as a subscription delivers them. */
export function logDelivery(logEvents: readonly LogLine[]): CloudWatchLogsEvent {
  return { awslogs: { data: gzipSync(message(logEvents)).toString('base64') } };
}

/** Lines in a file, as Firehose writes what it was handed so many at a time. */
export function logFile(logEvents: readonly LogLine[], linesOfMessage: number): Uint8Array {
  const messages: string[] = [];
  for (let i = 0; i < logEvents.length; i += linesOfMessage)
    messages.push(`${message(logEvents.slice(i, i + linesOfMessage))}\n`);
  return gzipSync(messages.join(''));
}

/** Lines as a REST API writes them straight to a file. */
export function requestFile(logEvents: readonly LogLine[]): Uint8Array {
  const lines = logEvents.map(({ id, message }) => `${message.slice(0, -1)},"extendedRequestId":"${id}"}\n`);
  return gzipSync(lines.join(''));
}

function message(logEvents: readonly LogLine[]): string {
  return JSON.stringify({ messageType: 'DATA_MESSAGE', owner: '', logGroup: '', logStream: '', logEvents });
}
