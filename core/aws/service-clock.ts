import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** As much of an answer as says when it was given. */
interface DatedResponse {
  readonly response: { readonly headers?: Readonly<Record<string, string | undefined>> };
}

/** The client's middleware stack, as far as it is used here; its types can't say that this step has a response. */
interface Stack {
  add(
    middleware: (next: Next) => Next,
    options: { step: 'deserialize'; priority: 'low'; name: string },
  ): void;
}
type Next = (parameters: object) => Promise<DatedResponse>;

/**
 * A clock for what can't be taken back: never ahead of DynamoDB's own, which its answers carry (`Date`,
 * RFC 9110, 6.6.1), whatever this machine's says. Behind a second, or the age of the newest answer by a
 * monotonic clock that stood still, what is due comes later and not never. Before the client's first answer it
 * is this machine's; every call of the client fails whose answer has no date.
 * @param own this machine's clock
 * @param elapsed milliseconds by a monotonic clock
 */
export function serviceClock(
  client: DynamoDBDocumentClient,
  own: () => Date,
  elapsed: () => number,
): () => Date {
  let newest: { readonly time: number; readonly at: number } | undefined;
  const servicesTime = () => (newest === undefined ? undefined : newest.time + elapsed() - newest.at);
  const note = (next: Next): Next => {
    return async (parameters) => {
      const result = await next(parameters);
      const time = Date.parse(result.response.headers?.date ?? '');
      if (Number.isNaN(time)) {
        throw new Error(
          'an answer of DynamoDB’s has no date, without which nothing that is due can be judged',
        );
      }
      newest = { time: Math.max(time, servicesTime() ?? 0), at: elapsed() };
      return result;
    };
  };
  (client.middlewareStack as unknown as Stack).add(note, {
    step: 'deserialize',
    priority: 'low',
    name: 'serviceClock',
  });
  return () => {
    const [mine, services] = [own(), servicesTime()];
    return services === undefined ? mine : new Date(Math.min(mine.getTime(), services));
  };
}
