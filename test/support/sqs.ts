import type { AwsServer } from '../../local/aws-server.ts';

/** Calls SQS by its JSON protocol. */
export async function callSqs<T>(server: AwsServer, operation: string, input: object): Promise<T> {
  const response = await fetchSqs(server, operation, input);
  if (!response.ok) throw new Error(`${operation} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

export function fetchSqs(server: AwsServer, operation: string, input: object): Promise<Response> {
  return fetch(server.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${operation}`,
      'x-amz-date': '20260301T120000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=a/20260301/eu-central-1/sqs/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(input),
  });
}
