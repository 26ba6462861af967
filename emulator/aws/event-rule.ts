import type { LambdaFunction } from '../lambda.ts';
import type { PublishedEvent } from './event-bridge.ts';
import { recordFilter } from './event-filter.ts';
import { transformed } from './input-transformer.ts';
import type { RuleProperties } from './schedule.ts';
import type { Publication } from './topics.ts';

/** When Lambda tries again what an asynchronous call of a function failed at. */
const RETRY_MINUTES = [1, 2];

export interface EventRuleOptions {
  readonly find: (functionArn: string) => LambdaFunction;
  readonly log: (line: string) => void;
  /** Publishes to a topic in the name of the rule. */
  readonly publish: (publication: Pick<Publication, 'topicArn' | 'subject' | 'message'>) => void;
  /** Appends to a queue in the name of the rule. */
  readonly send: (queueArn: string, body: string) => void;
}

/**
 * Calls the functions that a rule of a bus has as targets with each event that fits its pattern, and tells its
 * topics and queues of it. As Lambda's asynchronous calls do, a failed one is repeated twice, after one minute and after
 * two more.
 * @returns hears of an event on a bus; nothing happens for rules of other buses, or without a pattern
 */
export function eventRule(
  { EventBusName = 'default', EventPattern, State = 'ENABLED', Targets = [] }: RuleProperties,
  { find, log, publish, send }: EventRuleOptions,
): (event: PublishedEvent, bus: string) => void {
  const functions = Targets.filter(({ Arn }) => Arn.includes(':function:')).map(({ Arn }) => find(Arn));
  const topics = Targets.filter(({ Arn }) => Arn.startsWith('arn:aws:sns:'));
  const queues = Targets.filter(({ Arn }) => Arn.startsWith('arn:aws:sqs:'));
  if (EventPattern === undefined || State !== 'ENABLED') return () => undefined;
  const ownBus = EventBusName.slice(EventBusName.lastIndexOf('/') + 1);
  const fits = recordFilter({ Filters: [{ Pattern: JSON.stringify(EventPattern) }] });
  const call = (target: LambdaFunction, event: PublishedEvent, retries: readonly number[]) => {
    target.invoke(event, 'Event').catch((error) => {
      const [minutes, ...later] = retries;
      if (minutes === undefined) log(`${target.name} failed with event ${event.id}: ${error}`);
      else setTimeout(() => call(target, event, later), minutes * 60_000).unref();
    });
  };
  return (event, bus) => {
    if (bus !== ownBus || !fits(event)) return;
    for (const target of functions) call(target, event, RETRY_MINUTES);
    for (const { Arn } of queues) send(Arn, JSON.stringify(event));
    for (const { Arn, InputTransformer } of topics) {
      const message = InputTransformer ? transformed(InputTransformer, event) : JSON.stringify(event);
      // What SNS writes over a mail that nobody gave a subject.
      publish({ topicArn: Arn, subject: 'AWS Notification Message', message });
    }
  };
}
