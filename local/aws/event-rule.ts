import type { LambdaFunction } from '../lambda.ts';
import type { PublishedEvent } from './event-bridge.ts';
import { recordFilter } from './event-filter.ts';
import type { RuleProperties } from './schedule.ts';

/** When Lambda tries again what an asynchronous call of a function failed at. */
const RETRY_MINUTES = [1, 2];

/**
 * Calls the functions that a rule of a bus has as targets with each event that fits its pattern. As Lambda's
 * asynchronous calls do, a failed one is repeated twice, after one minute and after two more.
 * @returns hears of an event on a bus; nothing happens for rules of other buses, or without a pattern
 */
export function eventRule(
  { EventBusName = 'default', EventPattern, State = 'ENABLED', Targets = [] }: RuleProperties,
  {
    find,
    log,
  }: { readonly find: (functionArn: string) => LambdaFunction; readonly log: (line: string) => void },
): (event: PublishedEvent, bus: string) => void {
  const targets = Targets.filter(({ Arn }) => Arn.includes(':function:')).map(({ Arn }) => find(Arn));
  if (EventPattern === undefined || State !== 'ENABLED' || targets.length === 0) return () => undefined;
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
    if (bus === ownBus && fits(event)) for (const target of targets) call(target, event, RETRY_MINUTES);
  };
}
