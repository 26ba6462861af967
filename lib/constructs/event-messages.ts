import { type EventBus, EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { EVENT_SOURCE } from '../../core/contract/deployment.ts';
import type { EventType } from '../../core/contract/events.ts';
import type { AlarmTopic } from './alarms.ts';

/** The events that each send a message: an alarm rings once, however many come after the first. */
type ToldEvent =
  | 'apiKey.created'
  | 'apiKey.revoked'
  | 'apiKey.leaked'
  | 'apiKey.digestsChanged'
  | 'subscription.requested'
  | Extract<EventType, `clientKey.${string}` | `auth.${string}`>;

interface Message {
  readonly what: string;
  readonly advice: string;
}

const MESSAGES: Readonly<Record<ToldEvent, Message>> = {
  'apiKey.created': {
    what: 'an API key was created.',
    advice: 'If nobody knows of it, revoke the key and see what else this person did.',
  },
  'apiKey.revoked': {
    what: 'an API key was revoked; it is refused within 5 seconds.',
    advice: 'Tell its owner. If it was a mistake, create another key with the same role.',
  },
  'apiKey.leaked': {
    what: 'a key was reported as leaked.',
    advice: `The answer to it was ${EventField.fromPath('$.detail.data.response')}. Where that is notified, the key works still: rotate it with overlapSeconds 0.`,
  },
  'apiKey.digestsChanged': {
    what: 'what a key is verified by was changed past Keywright.',
    advice:
      'Stop the key at once (disable, suspend, or regenerate the client key), then find who may write to the table.',
  },
  'subscription.requested': {
    what: 'a subscription was requested, or imported.',
    advice: 'Where the product needs approval it waits for yours; elsewhere its keys work already.',
  },
  'clientKey.revealed': {
    what: 'the client key of an API was shown to somebody, or published.',
    advice: 'If this person had no reason to, regenerate the client key.',
  },
  'clientKey.regenerated': {
    what: 'the client key of an API was replaced; the one before works no more.',
    advice: 'Give callers of the API the new one. If nobody knows of it, see what else this person did.',
  },
  'auth.failureBurst': {
    what: 'authentication failed unusually often, from one network or for one key.',
    advice:
      'Read the alert: guessing from one network can be blocked by a web ACL; a forgotten client needs its new key.',
  },
  'auth.geoAnomaly': {
    what: 'a key was used from a new country, or from two places too far apart.',
    advice:
      'Ask the owner whether the key is meant to run there. If not, rotate the key with overlapSeconds 0 or revoke it.',
  },
};

interface EventMessagesProps {
  readonly bus: EventBus;
  readonly topic: AlarmTopic;
}

/**
 * A message of its own for each event that a person should hear of by name: bus → rule → topic. It is made of
 * ids, times and sentences that stand here, never of a text that somebody wrote, and holds no secret.
 *
 * Rules are one for each type, because what to do differs; they cost nothing.
 */
export class EventMessages extends Construct {
  constructor(scope: Construct, id: string, { bus, topic }: EventMessagesProps) {
    super(scope, id);
    const rules = Object.entries(MESSAGES).map(([type, message]) => {
      const input = RuleTargetInput.fromMultilineText(textOf(type as ToldEvent, message));
      return new Rule(this, type.replace('.', '-'), {
        description: `Keywright: tell of ${type} by name`,
        eventBus: bus,
        eventPattern: { source: [EVENT_SOURCE], detailType: [type] },
        // The library's own target would let every rule of every account's publish.
        targets: [{ bind: () => ({ arn: topic.topicArn, input }) }],
      });
    });
    topic.letRulesPublish('EventsPublish', rules);
  }
}

/** Line by line, which is how EventBridge takes a text of several. */
function textOf(type: ToldEvent, { what, advice }: Message): string {
  const field = (path: string) => EventField.fromPath(`$.detail.${path}`);
  return [
    `Keywright: ${what}`,
    `What: ${type}, ${field('subject.type')} ${field('subject.id')}`,
    // Of APIs and networks it is null: they belong to no tenant.
    `Tenant: ${field('tenantId')}`,
    `Who: ${field('actor.type')} ${field('actor.id')}`,
    `When: ${field('time')}`,
    `Do: ${advice}`,
    `Event: ${field('id')}`,
  ].join('\n');
}
