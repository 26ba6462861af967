import type { Logger } from '@aws-lambda-powertools/logger';
import type { OriginSecret } from '../../core/aws/origin-secret.ts';
import type { SealedTexts } from '../../core/aws/sealed-text.ts';
import type { RandomBytes } from '../../core/domain/ground/base62.ts';
import type { SessionStore } from '../../core/store/session-store.ts';
import type { Issuer } from './issuer.ts';

/** What the backend for the frontend needs. */
export interface SessionDependencies {
  readonly now: () => Date;
  /** A cryptographically secure source. */
  readonly randomBytes: RandomBytes;
  readonly sessions: SessionStore;
  readonly issuer: Pick<Issuer, 'begin' | 'finish' | 'renew' | 'revoke' | 'signOutUrl'>;
  readonly sealed: Pick<SealedTexts, 'seal' | 'open'>;
  /** Of the portals; the first is meant where a request does not say. */
  readonly origins: readonly [string, ...string[]];
  /** By which CloudFront is known, whose word on where a browser is is taken then. Absent where it is never believed. */
  readonly origin?: OriginSecret;
  readonly logger: Pick<Logger, 'error' | 'info'>;
}
