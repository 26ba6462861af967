import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { eventsPage } from '../../bin/events-page.ts';
import {
  deliveredSchema,
  detailSchema,
  exampleOf,
  problemsOf,
} from '../../core/contract/event-schemas/event-schemas.ts';
import { EVENT_TYPES } from '../../core/contract/events.ts';

const ajv = addFormats.default(new Ajv({ strict: true, strictTypes: false, allowUnionTypes: true }));

/** JSON Schema, draft 4, as far as a schema here may go (draft-fge-json-schema-validation-00, section 5). */
const DRAFT_4 = [
  '$schema',
  'title',
  'description',
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'anyOf',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'x-amazon-events-source',
  'x-amazon-events-detail-type',
];

/** Keywords of a schema and of all inside it. */
function keywordsOf(schema: object): string[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const inner =
      keyword === 'properties'
        ? Object.values(value)
        : ['items', 'additionalProperties'].includes(keyword)
          ? [value]
          : keyword === 'anyOf'
            ? value
            : [];
    return [keyword, ...inner.flatMap(keywordsOf)];
  });
}

describe.each(EVENT_TYPES)('%s', (type) => {
  test('has an example that is one', () => {
    expect(problemsOf(exampleOf(type))).toEqual([]);
  });

  test('is refused with anything more or less to it, on every level', () => {
    const good = exampleOf(type);
    expect(problemsOf({ ...good, more: 1 })).not.toEqual([]);
    expect(problemsOf({ ...good, actor: { ...good.actor, more: 1 } })).not.toEqual([]);
    expect(problemsOf({ ...good, subject: { ...good.subject, type: 'vault' } })).not.toEqual([]);
    expect(problemsOf({ ...good, data: { ...good.data, more: 1 } })).not.toEqual([]);
    for (const field of Object.keys(good)) {
      const { [field as keyof typeof good]: _, ...less } = good;
      expect([field, problemsOf(less)]).not.toEqual([field, []]);
    }
  });

  test('has a JSON Schema of draft 4 that its example meets, also with fields of a later version', () => {
    const schema = deliveredSchema(type);
    expect(keywordsOf(schema).filter((keyword) => !DRAFT_4.includes(keyword))).toEqual([]);
    const validate = ajv.compile(detailSchema(type));
    const good = exampleOf(type);
    validate(good);
    expect(validate.errors).toBeNull();
    expect(validate({ ...good, more: 1, data: { ...good.data, more: 1 } })).toBe(true);
    expect(validate({ ...good, type: 'apiKey.eaten' })).toBe(false);
    expect(validate({ ...good, data: 'nothing' })).toBe(false);
    const { time: _, ...timeless } = good;
    expect(validate(timeless)).toBe(false);
  });
});

test('docs/use/events.md says what the schemas say: npm run docs:events', () => {
  const page = readFileSync(new URL('../../docs/use/events.md', import.meta.url), 'utf8');
  expect(page).toBe(eventsPage());
});
