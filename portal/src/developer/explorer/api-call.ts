import type { ApiOperation } from '../../shared/api/api-document.ts';

/** A secret that a call carries: shown in code as a variable of the environment, and never as itself. */
export type SecretName = 'KEY' | 'CLIENT_KEY' | 'TOKEN';

/** What a person has given to call with; kept in memory alone. */
export interface Credentials {
  readonly key: string;
  readonly clientKey: string;
  readonly token: string;
  readonly tenantId: string;
}

/** What an API wants of its callers, beside the call itself. */
export interface Wants {
  readonly scheme: 'tenant' | 'subscription';
  readonly clientKey: boolean;
  readonly token: boolean;
}

/** A header: its value, or the secret that is put into it. */
export interface CallHeader {
  readonly name: string;
  /** With `%` where the secret goes. */
  readonly value: string;
  readonly secret?: SecretName;
}

/** A call of a protected API, without any secret in it. */
export interface ApiCall {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly CallHeader[];
  readonly body: string | undefined;
}

/** What a person has typed for an operation: parameters by place and name, and the body. */
export interface Typed {
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: string;
}

export const parameterKey = ({ place, name }: { place: string; name: string }) => `${place} ${name}`;

const WITHOUT_BODY = /^(?:GET|HEAD)$/;

/** The call that a form makes. What is empty is left out, but for placeholders of the path. */
export function callOf(
  operation: ApiOperation,
  typed: Typed,
  to: { readonly baseUrl: string; readonly wants: Wants; readonly tenantId: string },
): ApiCall {
  const typedFor = (parameter: { place: string; name: string }) =>
    typed.parameters[parameterKey(parameter)] ?? '';
  const path = operation.path.replace(/\{([^/}]+)\}/g, (_match, name: string) =>
    encodeURIComponent(typedFor({ place: 'path', name })),
  );
  const given = (place: string): [string, string][] =>
    operation.parameters
      .filter((parameter) => parameter.place === place && typedFor(parameter) !== '')
      .map((parameter) => [parameter.name, typedFor(parameter)]);
  const query = new URLSearchParams(given('query'));
  const hasBody =
    operation.body !== undefined && typed.body.trim() !== '' && !WITHOUT_BODY.test(operation.method);
  return {
    method: operation.method,
    url: `${to.baseUrl.replace(/\/+$/, '')}${path}${query.size > 0 ? `?${query}` : ''}`,
    headers: [
      ...identifying(to.wants, to.tenantId),
      ...given('header').map(([name, value]) => ({ name, value })),
      ...(hasBody ? [{ name: 'Content-Type', value: operation.body?.contentType ?? '' }] : []),
    ],
    body: hasBody ? typed.body : undefined,
  };
}

/** The headers that say who calls. */
function identifying({ scheme, clientKey, token }: Wants, tenantId: string): CallHeader[] {
  if (scheme === 'tenant') {
    return [
      { name: 'x-api-key', value: '%', secret: 'KEY' },
      { name: 'x-tn', value: tenantId },
    ];
  }
  return [
    { name: 'Ocp-Apim-Subscription-Key', value: '%', secret: 'KEY' },
    ...(clientKey ? [{ name: 'Client-Key', value: '%', secret: 'CLIENT_KEY' as const }] : []),
    ...(token ? [{ name: 'Authorization', value: 'Bearer %', secret: 'TOKEN' as const }] : []),
  ];
}

/** The headers with their secrets put in, as they are sent. A secret that was not given is left out. */
export function headersToSend({ headers }: ApiCall, credentials: Credentials): [string, string][] {
  const secrets: Readonly<Record<SecretName, string>> = {
    KEY: credentials.key,
    CLIENT_KEY: credentials.clientKey,
    TOKEN: credentials.token,
  };
  return headers.flatMap(({ name, value, secret }): [string, string][] => {
    if (secret === undefined) return [[name, value]];
    const text = secrets[secret].trim();
    return text === '' ? [] : [[name, value.replace('%', () => text)]];
  });
}
