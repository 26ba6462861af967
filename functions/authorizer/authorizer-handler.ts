import type { Authorizer } from '../../core/access/authorizer.ts';
import { logRefusal, type WriteLine } from '../../core/http/refusal-log.ts';
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
    const pending = authorizer.authorize(request);
    // Awaiting what is already known would cost a turn of the event loop.
    const outcome = pending instanceof Promise ? await pending : pending;
    if (!outcome.decision.allowed) logRefusal(write, outcome.decision, request, now());
    return question === undefined ? answers.graphqlAnswer(outcome) : answers.answer(outcome, question);
  };
  return answer as AuthorizerHandler;
}
