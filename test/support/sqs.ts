import type { AwsServer } from '../../emulator/aws-server.ts';
import { fetchOperation } from './signed-fetch.ts';

/** Calls SQS by its JSON protocol. */
export async function callSqs<T>(server: AwsServer, operation: string, input: object): Promise<T> {
  const response = await fetchSqs(server, operation, input);
  if (!response.ok) throw new Error(`${operation} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

export function fetchSqs(server: AwsServer, operation: string, input: object): Promise<Response> {
  return fetchOperation(server.url, 'sqs', `AmazonSQS.${operation}`, input);
}
