import { type Credentials, signatureFault } from '../../aws/request-signature.ts';
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
const BACKEND: Credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

interface Scope {
  readonly accountId: string;
  readonly region: string;
  readonly service: HttpIamAuthorizer['service'];
  /** Whose signatures are taken beside that of any backend. */
  readonly signers?: readonly Credentials[] | undefined;
  readonly now: Date;
}

/** Who signed a request; null for every other one, which API Gateway answers 403 whatever is wrong with it. */
export function authorizeBySignature(
  request: ClientRequest,
  { accountId, region, service, signers = [], now }: Scope,
): IamPrincipal | null {
  const signed = { ...request, path: request.sentPath };
  const signer = [BACKEND, ...signers].find(
    (credentials) => signatureFault(signed, { credentials, region, service, now }) === null,
  );
  if (signer === undefined) return null;
  return {
    accessKey: signer.accessKeyId,
    accountId,
    callerId: accountId,
    cognitoIdentity: null,
    principalOrgId: '',
    userArn: `arn:aws:iam::${accountId}:root`,
    userId: accountId,
  };
}

/** The same as `$context.identity` has it. */
export function identityOf({ accountId, callerId, userArn, userId }: IamPrincipal): Record<string, string> {
  return { accountId, caller: callerId, user: userId, userArn };
}
