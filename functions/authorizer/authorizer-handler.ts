import type { Authorizer } from '../../core/access/authorizer.ts';
import type { GatewayAnswer, GatewayAnswers } from './gateway-answer.ts';
import { type GatewayEvent, readGatewayEvent } from './gateway-event.ts';
import { logRefusal, type WriteLine } from './refusal-log.ts';

/**
 * Answers API Gateway's authorizer events.
 * @returns a function that rejects with `Unauthorized` for a 401 and with another error for a 503
 */
export function authorizerHandler(options: {
  readonly authorizer: Authorizer;
  readonly answers: GatewayAnswers;
  readonly now: () => number;
  readonly write: WriteLine;
}): (event: GatewayEvent) => Promise<GatewayAnswer> {
  const { authorizer, answers, now, write } = options;
  return async (event) => {
    const question = readGatewayEvent(event);
    const pending = authorizer.authorize(question.request);
    // Awaiting what is already known would cost a turn of the event loop.
    const outcome = pending instanceof Promise ? await pending : pending;
    if (!outcome.decision.allowed) logRefusal(write, outcome.decision, question.request, now());
    return answers.answer(outcome, question);
  };
}
