import type { Credentials } from '../aws/request-signature.ts';
import type { Invoke } from './lambda-call.ts';
import type { Reply } from './reply.ts';
import type { ClientRequest } from './request.ts';

/** A stage of an API, ready to be called. */
export interface ApiStage {
  readonly apiId: string;
  readonly apiName: string;
  /** `$default` for an HTTP API's stage at the root. */
  readonly stageName: string;
  /** Answers a request whose path starts below the stage. Never rejects for anything a client sends. */
  handle(request: ClientRequest): Promise<Reply>;
}

/** Somebody who signs: a function as its role, or else the account itself. */
export interface Signer extends Credentials {
  readonly role?: { readonly arn: string; readonly sessionName: string };
}

/** What every kind of API needs to work. */
export interface GatewayEnvironment {
  readonly region: string;
  readonly accountId: string;
  readonly invoke: Invoke;
  /** Who may sign for routes of AWS's own principals, beside the pair that stands for any backend. */
  readonly signers?: readonly Signer[];
  /** Whether IAM lets a role call this (`execute-api:Invoke` of an ARN); by default whoever signs may. */
  readonly mayInvoke?: (roleArn: string, resource: string) => boolean;
  /** Takes a line for the log group with this ARN. */
  readonly accessLog: (line: string, destinationArn: string) => void;
  readonly now: () => Date;
}

/** `arn:aws:execute-api:…:<api>/<stage>/<METHOD>/<path>`, which policies are evaluated against. */
export function executeApiArn(
  environment: GatewayEnvironment,
  apiId: string,
  stage: string,
  method: string,
  path: string,
): string {
  const scope = `${environment.region}:${environment.accountId}`;
  return `arn:aws:execute-api:${scope}:${apiId}/${stage}/${method}/${path.replace(/^\//, '')}`;
}
