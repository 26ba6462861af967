import type { Reply } from './reply.ts';
import type { ClientRequest } from './request.ts';

/**
 * The `$context` of one request: filled while the request is handled, read by access logs, gateway
 * responses and identity sources. Objects stand for the dots: `$context.identity.sourceIp`.
 */
export type ContextVariables = { [name: string]: unknown };

const VARIABLE = /\$(context(?:\.\w+(?::\w+)?)+|stageVariables\.\w+|method\.request\.\w+\.[\w-]+)/g;

/** The variables that every request has from the start. */
export function requestVariables(
  request: ClientRequest,
  api: { accountId: string; apiId: string; stage: string; path: string },
): ContextVariables {
  return {
    accountId: api.accountId,
    apiId: api.apiId,
    domainName: request.domainName,
    domainPrefix: request.domainName.split('.')[0],
    extendedRequestId: request.id,
    httpMethod: request.method,
    identity: {
      sourceIp: request.sourceIp,
      userAgent: request.headers.find(([name]) => name.toLowerCase() === 'user-agent')?.[1],
    },
    path: api.path,
    protocol: request.protocol,
    requestId: request.id,
    requestTime: commonLogTime(request.receivedAt),
    requestTimeEpoch: request.receivedAt.getTime(),
    stage: api.stage,
  };
}

/** A variable by its dotted name, as text; undefined when it is absent or is no single value. */
export function contextVariable(variables: ContextVariables, name: string): string | undefined {
  let value: unknown = variables;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as ContextVariables)[part];
  }
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Replaces `$context.x`, `$stageVariables.x` and `$method.request.…` by what `resolve` makes of them. */
export function substituteVariables(template: string, resolve: (name: string) => string): string {
  return template.replace(VARIABLE, (_, name: string) => resolve(name));
}

/** One access-log line: values are escaped for JSON, absent ones are a hyphen. */
export function accessLogLine(format: string, variables: ContextVariables): string {
  return substituteVariables(format, (name) => {
    const value = contextVariable(variables, name.replace(/^context\./, ''));
    return value === undefined ? '-' : JSON.stringify(value).slice(1, -1);
  });
}

/** Adds what is known once the answer is: status, length and latency. */
export function recordReply(
  variables: ContextVariables,
  request: ClientRequest,
  reply: Reply,
  now: Date,
): void {
  variables.status = reply.status;
  variables.responseLength = reply.body.length;
  variables.responseLatency = now.getTime() - request.receivedAt.getTime();
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `dd/MMM/yyyy:HH:mm:ss +0000`, the Common Log Format's time. */
export function commonLogTime(time: Date): string {
  const iso = time.toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[time.getUTCMonth()]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}
