import { CfnRegistry, CfnSchema } from 'aws-cdk-lib/aws-eventschemas';
import { Construct } from 'constructs';
import { EVENT_SOURCE, RESOURCE } from '../../core/contract/deployment.ts';
import { deliveredSchema, EVENTS } from '../../core/contract/event-schemas/event-schemas.ts';
import { EVENT_TYPES } from '../../core/contract/events.ts';

/** Made once for all stacks of a process. */
const SCHEMAS = EVENT_TYPES.map((type) => ({ type, content: JSON.stringify(deliveredSchema(type)) }));

/**
 * The schemas of all events in EventBridge's registry, named as it would name them itself (`source@type`).
 * They are deployed with the code that emits the events, and rolled back with it, so not beside the bus.
 */
export class EventRegistry extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const registry = new CfnRegistry(this, 'Registry', {
      registryName: RESOURCE.eventRegistry,
      description: 'Keywright: every audit event',
    });
    for (const { type, content } of SCHEMAS) {
      new CfnSchema(this, type.replace('.', '-'), {
        registryName: registry.attrRegistryName,
        schemaName: `${EVENT_SOURCE}@${type}`,
        description: EVENTS[type].when,
        type: 'JSONSchemaDraft4',
        content,
      });
    }
  }
}
