import { writeFileSync } from 'node:fs';
import { EVENT_SOURCE, RESOURCE } from '../core/contract/deployment.ts';
import {
  detailSchema,
  EVENTS,
  envelopeSchema,
  exampleOf,
  type JsonSchema,
} from '../core/contract/event-schemas/event-schemas.ts';
import { EVENT_TYPES, type EventType } from '../core/contract/events.ts';

const ACTORS = {
  admin: 'an admin',
  developer: 'a developer',
  auditor: 'an auditor',
  apiKey: 'the key that was used',
  principal: 'a principal of AWS',
  system: 'Keywright itself',
} as const;

/** Longer lists of a field's values are not told in its row. */
const MOST_VALUES = 20;
const LONGEST_LINE = 100;

/** docs/use/events.md, made from the schemas. `npm run docs:events` writes it. */
export function eventsPage(): string {
  return `${INTRODUCTION}\n${EVENT_TYPES.map(section).join('\n')}`;
}

const INTRODUCTION = `# Events

<!-- Made from core/contract/event-schemas by \`npm run docs:events\`: change it there. -->

Every change, and everything noteworthy in the traffic, is one event on the EventBridge bus \`${RESOURCE.bus}\` and one record of the [audit log](../operate/audit.md). No event holds a secret: of a key it has at most the last four characters, as \`hint\`.

## The envelope

EventBridge delivers \`source\` \`${EVENT_SOURCE}\`, \`detail-type\` the event's type, and as \`detail\`:

${fieldTable(envelopeSchema())}

\`actor.type\` is \`admin\`, \`developer\` or \`auditor\` for a person, \`apiKey\` for a caller of a protected API, \`principal\` for a principal of AWS, \`system\` for Keywright itself.

## Consuming them

A rule on the bus takes the types that a consumer wants; \`prefix\` takes a family of them:

\`\`\`json
{ "source": ["${EVENT_SOURCE}"], "detail-type": [{ "prefix": "apiKey." }], "detail": { "tenantId": ["tenant_acme"] } }
\`\`\`

- **At least once.** An event can be delivered again, after a retry or a replay. Remember \`detail.id\` and drop what has one that you know.
- **In order per key.** Events of one item (a key with its secrets, a subscription, a tenant with its roles) are put on the bus in the order of their changes. EventBridge itself promises consumers no order: where it matters, compare \`detail.revision\`, which counts an item’s changes, or \`detail.id\`, which sorts by time, and keep the later one. An event that could not be published as it was comes once it is repaired, \`late\`, and those after it have come before.
- **Replay.** The archive \`${RESOURCE.bus}\` keeps every event for as long as \`auditArchiveDays\` says. \`aws events start-replay\` sends a span of time to the bus again, to all its rules or to those that \`FilterArns\` names.
- **Schemas.** EventBridge's registry \`${RESOURCE.eventRegistry}\` has a JSON Schema (draft 4) of each type, \`${EVENT_SOURCE}@<type>\`, of the whole event as it is delivered. A later version of Keywright may add fields and types, so let through what you don't know; it takes no field away and changes the meaning of none while \`detail.version\` is 1.

Alarms watch these events by their types; the [audit log](../operate/audit.md) answers with them for as long as it is kept.
`;

function section(type: EventType): string {
  const { when, actors, subjects } = EVENTS[type];
  const data = detailSchema(type).properties?.data ?? {};
  return `## ${type}

${when}

By ${anyOf(actors.map((actor) => ACTORS[actor]))}, about ${anyOf(subjects.map((subject) => `\`${subject}\``))}. ${
    Object.keys(data.properties ?? {}).length === 0 ? '`data` is empty.' : `\`data\`:\n\n${fieldTable(data)}`
  }

\`\`\`json
${jsonText(exampleOf(type))}
\`\`\`
`;
}

/** JSON in which an object that fits in a line is in one. */
function jsonText(value: unknown, indent = ''): string {
  const line = JSON.stringify(value, null, 1)
    .replaceAll(/\n */g, ' ')
    .replaceAll(/(?<=\[) | (?=\])/g, '');
  if (line.length <= LONGEST_LINE || Array.isArray(value)) return line;
  const inner = `${indent}  `;
  const lines = Object.entries(Object(value)).map(
    ([name, each]) => `${inner}${JSON.stringify(name)}: ${jsonText(each, inner)}`,
  );
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

function anyOf(names: readonly string[]): string {
  return names.length < 2 ? `${names[0]}` : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function fieldTable(schema: JsonSchema): string {
  const rows = fieldsOf(schema, '').map((cells) => `| ${cells.join(' | ')} |`);
  return ['| field | value | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

/** A row for each field, and for the fields of objects in it by their path. */
function fieldsOf({ properties = {}, required = [] }: JsonSchema, path: string): string[][] {
  return Object.entries(properties).flatMap(([field, schema]) => {
    const name = `${path}${field}`;
    const optional = required.includes(field) ? '' : ' (optional)';
    const row = [`\`${name}\`${optional}`, valueText(schema), schema.description ?? ''];
    return [row, ...fieldsOf(objectIn(schema), schema.type === 'array' ? `${name}[].` : `${name}.`)];
  });
}

/** The object that a value is or has: of a list its entries, of what can be null what it is otherwise. */
function objectIn(schema: JsonSchema): JsonSchema {
  const value = schema.anyOf?.find(({ type }) => type === 'object') ?? schema.items ?? schema;
  return value.type === 'object' ? value : {};
}

function valueText(schema: JsonSchema & { readonly format?: string }): string {
  if (schema.enum !== undefined && schema.enum.length <= MOST_VALUES)
    return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(valueText).join(' or ');
  if (Array.isArray(schema.type)) return schema.type.join(' or ');
  if (schema.items !== undefined) return `list of ${valueText(schema.items)}s`;
  const { additionalProperties: entry } = schema;
  if (typeof entry === 'object' && entry.type !== undefined) return `${entry.type}s by name`;
  return { 'date-time': 'time', uuid: 'UUID' }[schema.format ?? ''] ?? schema.type ?? 'anything';
}

if (import.meta.main) writeFileSync(new URL('../docs/use/events.md', import.meta.url), eventsPage());
