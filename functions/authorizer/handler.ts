import { systemClock } from '../../core/access/clock.ts';
import { logWarning, writeLine } from '../../core/access/refusal-log.ts';
import { required } from '../../core/aws/lambda-environment.ts';
import * as ENV from '../../core/contract/environment.ts';
import { readDefaultLimits } from '../../core/domain/decision/limit.ts';
import { deployedAuthorizers, deployedClient } from '../../core/wiring/deployed-authorizer.ts';
import { authorizerHandler } from './authorizer-handler.ts';
import { GatewayAnswers } from './gateway-answer.ts';

/** Lambda gives the function 5 seconds, and a decision may take several calls one after another. */
const DECISION_MILLISECONDS = 3500;

const env = process.env;
const gatewayCaches = Number(required(env, ENV.gatewayCacheSeconds)) > 0;

const makeAuthorizer = deployedAuthorizers(env, deployedClient(env, 'dynamodb'), {
  deadlineMilliseconds: DECISION_MILLISECONDS,
  gatewayCaches,
  onWarning: (message, cause) => logWarning(writeLine, message, cause),
});

const answers = new GatewayAnswers({
  gatewayCaches,
  usageIdentifiers: env[ENV.usageIdentifiers] === 'true',
  defaultLimits: readDefaultLimits(env[ENV.defaultLimits]),
});

/** The Lambda authorizer of one protected API; see `authorizerHandler`. */
export const handler = authorizerHandler({
  authorizer: makeAuthorizer(required(env, ENV.apiId)),
  answers,
  now: systemClock,
  write: writeLine,
});
