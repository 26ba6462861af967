/**
 * Calls the management API as one person; the answer's body.
 * Rejects with method, path and answer when it is no success.
 */
export type ManagementClient = <T = unknown>(
  method: string,
  path: string,
  body: object,
  idempotencyKey?: string,
) => Promise<T>;

/** @param url address of the management API, without a trailing slash */
export function managementClient(url: string, token: string): ManagementClient {
  return async (method, path, body, idempotencyKey) => {
    const response = await fetch(url + path, {
      method,
      body: JSON.stringify(body),
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(
        `The demonstration can't be set up: ${method} ${path} answered ${response.status} ${text}`,
      );
    }
    return JSON.parse(text);
  };
}
