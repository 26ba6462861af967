import { signatureFault } from '../../aws/request-signature.ts';
import type { Signer } from '../api-stage.ts';
import type { ClientRequest } from '../request.ts';
import type { HttpIamAuthorizer } from './http-definition.ts';

/** What a backend learns of who signed a request: `requestContext.authorizer.iam` of payload format 2.0. */
export interface IamPrincipal {
  readonly accessKey: string;
  readonly accountId: string;
  readonly callerId: string;
  readonly cognitoIdentity: null;
  readonly principalOrgId: string;
  readonly userArn: string;
  readonly userId: string;
}

/**
 * Who calls routes and function URLs for AWS's own principals on this machine. Everybody may know this pair: it opens what API
 * Gateway serves to signed requests and nothing else, the AWS services least of all.
 */
const BACKEND: Signer = { accessKeyId: 'local', secretAccessKey: 'local' };

interface Scope {
  readonly accountId: string;
  readonly region: string;
  readonly service: HttpIamAuthorizer['service'];
  /** Whose signatures are taken beside that of any backend. */
  readonly signers?: readonly Signer[] | undefined;
  readonly now: Date;
  /** Whether IAM lets a role make this request. */
  readonly mayInvoke: (roleArn: string) => boolean;
}

/** Who signed a request; null for every other one, which API Gateway answers 403 whatever is wrong with it. */
export function authorizeBySignature(
  request: ClientRequest,
  { accountId, region, service, signers = [], now, mayInvoke }: Scope,
): IamPrincipal | null {
  const signed = { ...request, path: request.sentPath };
  const signer = [BACKEND, ...signers].find(
    (credentials) => signatureFault(signed, { credentials, region, service, now }) === null,
  );
  if (signer === undefined) return null;
  const { role } = signer;
  if (role !== undefined && !mayInvoke(role.arn)) return null;
  const session = role && `${role.arn.split('/').at(-1)}/${role.sessionName}`;
  return {
    accessKey: signer.accessKeyId,
    accountId,
    callerId: accountId,
    cognitoIdentity: null,
    principalOrgId: '',
    userArn:
      session === undefined
        ? `arn:aws:iam::${accountId}:root`
        : `arn:aws:sts::${accountId}:assumed-role/${session}`,
    userId: accountId,
  };
}

/** The same as `$context.identity` has it. */
export function identityOf({ accountId, callerId, userArn, userId }: IamPrincipal): Record<string, string> {
  return { accountId, caller: callerId, user: userId, userArn };
}
