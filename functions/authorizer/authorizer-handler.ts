import type { AccessRequest, Authorizer } from '../../core/access/authorizer.ts';
import type { Outcome } from '../../core/access/outcome.ts';
import { logRefusal, type WriteLine } from '../../core/access/refusal-log.ts';
import { CACHE_KEY_HEADERS } from '../../core/contract/deployment.ts';
import type { GatewayAnswer, GatewayAnswers, GraphqlAnswer } from './gateway-answer.ts';
import { type GatewayEvent, readGatewayEvent } from './gateway-event.ts';
import { type GraphqlEvent, readGraphqlEvent } from './graphql-event.ts';

/** Answers each service in its own words. */
interface AuthorizerHandler {
  (event: GatewayEvent): Promise<GatewayAnswer>;
  (event: GraphqlEvent): Promise<GraphqlAnswer>;
}

/**
 * Answers the authorizer events of API Gateway and of AppSync.
 * @returns a function that rejects with `Unauthorized` for a 401 of API Gateway, and with another error for a 503
 */
export function authorizerHandler(options: {
  readonly authorizer: Authorizer;
  readonly answers: GatewayAnswers;
  readonly now: () => number;
  readonly write: WriteLine;
}): AuthorizerHandler {
  const { authorizer, answers, now, write } = options;
  const answer = async (event: GatewayEvent | GraphqlEvent): Promise<GatewayAnswer | GraphqlAnswer> => {
    const question = event.type === undefined ? undefined : readGatewayEvent(event);
    const request = question?.request ?? readGraphqlEvent(event as GraphqlEvent);
    const pending =
      question !== undefined && answers.gatewayCaches
        ? keepable(authorizer, request)
        : authorizer.authorize(request);
    // Awaiting what is already known would cost a turn of the event loop.
    const outcome = pending instanceof Promise ? await pending : pending;
    if (!outcome.decision.allowed) logRefusal(write, outcome.decision, request, now());
    return question === undefined ? answers.graphqlAnswer(outcome) : answers.answer(outcome, question);
  };
  return answer as AuthorizerHandler;
}

const KEPT_BY: ReadonlySet<string> = new Set(CACHE_KEY_HEADERS);

/**
 * The outcome of a request whose answer API Gateway keeps and gives to all that its cache takes for the same:
 * of the headers that it tells apart and of no others. What the others make a refusal of is refused all the
 * same, by an error, which is not kept.
 */
async function keepable(authorizer: Authorizer, request: AccessRequest): Promise<Outcome> {
  const kept = Object.entries(request.headers).filter(([name]) => KEPT_BY.has(name.toLowerCase()));
  const whole = await authorizer.authorize(request);
  // Decided last, so that nothing is waited for between this decision and its answer.
  const outcome = await authorizer.authorize({ ...request, headers: Object.fromEntries(kept) });
  return outcome.decision.allowed && !whole.decision.allowed ? whole : outcome;
}
