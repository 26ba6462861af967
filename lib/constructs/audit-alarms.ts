import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { EventType } from '../../core/contract/events.ts';
import { type AlarmProps, addAlarm } from './alarms.ts';
import type { AuditMetrics } from './audit-metrics.ts';

/** The events that ring, each by its alarm's name in docs/operate/runbook.md. */
const ALARMS: Readonly<Record<string, { readonly type: EventType; readonly meaning: string }>> = {
  KeyCreated: { type: 'apiKey.created', meaning: 'an API key was created.' },
  KeyRevoked: { type: 'apiKey.revoked', meaning: 'an API key was revoked.' },
  KeyUsedFromNewIp: {
    type: 'apiKey.usedFromNewIp',
    meaning: 'an API key was used from a network that it had not used in 90 days.',
  },
  KeyLeaked: { type: 'apiKey.leaked', meaning: 'a key was reported as leaked.' },
  DigestsChanged: {
    type: 'apiKey.digestsChanged',
    meaning: 'what a key is verified by was changed, and no event says why.',
  },
  FailureBurst: {
    type: 'auth.failureBurst',
    meaning: 'authentication failed unusually often, from one network or for one key.',
  },
  GeoAnomaly: {
    type: 'auth.geoAnomaly',
    meaning: 'a key was used from a new country, or from two places too far apart.',
  },
  RateLimitExceeded: { type: 'rateLimit.exceeded', meaning: 'a key keeps exceeding its limits.' },
  ClientErrors: { type: 'usage.clientErrors', meaning: "most of a key's requests are refused as wrong." },
  UsageSpike: { type: 'usage.spike', meaning: 'a key makes many times the requests that it usually makes.' },
};

/** What people do with keys, and where keys turn up: one alarm for each kind of event that someone should see. */
export function addAuditAlarms(scope: Construct, topic: Topic, events: AuditMetrics) {
  return Object.entries(ALARMS).map(([id, { type, meaning }]) => {
    const props: AlarmProps = { metric: events.count(type), above: 0, meaning };
    return addAlarm(scope, id, topic, props);
  });
}
