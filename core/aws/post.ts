import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { attemptTimer } from './attempt-timer.ts';
import { LARGEST_ANSWER_BYTES } from './aws-call.ts';
import { connections, dropIdle } from './connections.ts';

/** What a service answered, whole. */
export interface Answer {
  readonly status: number;
  readonly date: string | undefined;
  readonly text: string;
}

/** Posts a body to one path and gives the whole answer, or an error when that takes too long; follows no redirects. */
export function sender(endpoint: URL, path = '/') {
  const secure = endpoint.protocol === 'https:';
  const agent = connections(secure);
  const address = { agent, host: endpoint.hostname, port: endpoint.port, path, method: 'POST' };
  return async (
    headers: Record<string, string>,
    body: string,
    timeoutMilliseconds: number,
  ): Promise<Answer> => {
    try {
      return await new Promise<Answer>((resolve, reject) => {
        const request = (secure ? httpsRequest : httpRequest)({ ...address, headers }, (response) =>
          readAnswer(response).then(resolve, reject),
        );
        const stopTimer = attemptTimer(timeoutMilliseconds, (error) => request.destroy(error));
        request.on('error', reject).on('close', stopTimer);
        request.end(body);
      });
    } catch (error) {
      dropIdle(agent);
      throw error;
    }
  };
}

function readAnswer(response: IncomingMessage): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > LARGEST_ANSWER_BYTES) {
        response.destroy(new Error(`an answer of more than ${LARGEST_ANSWER_BYTES} bytes`));
      }
      chunks.push(chunk);
    });
    response.on('error', reject);
    response.on('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        date: response.headers.date,
        text: Buffer.concat(chunks).toString(),
      }),
    );
  });
}
