type JsonObject = Readonly<Record<string, unknown>>;

/** Where components are, in references to them. */
export const COMPONENTS = '#/components/schemas/';

/**
 * An example of what a JSON Schema describes: the schema's own, or else one put together from those of its parts. What
 * may be left out is left out unless it has an example itself; what may be null is null in an answer.
 * @returns undefined where a part that has to be there has no example
 */
export function exampleOf(schema: JsonObject, io: 'input' | 'output', components: JsonObject): unknown {
  const own = ownExample(schema);
  if (own !== undefined) return own;
  const again = (part: unknown) => exampleOf(Object(part), io, components);
  if (typeof schema.$ref === 'string') return again(components[schema.$ref.slice(COMPONENTS.length)]);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (schema.properties !== undefined) return objectOf(schema, io, again);
  const variants = variantsOf(schema);
  if (variants.length > 0) {
    const isNullable = variants.some(({ type }) => type === 'null');
    return io === 'output' && isNullable ? null : again(variants.find(({ type }) => type !== 'null'));
  }
  return simple(schema, io, again);
}

function simple(schema: JsonObject, io: 'input' | 'output', again: (part: unknown) => unknown): unknown {
  const types = [schema.type].flat();
  if (io === 'output' && types.includes('null')) return null;
  switch (types[0]) {
    case 'array':
      return [again(schema.items)];
    case 'object':
      return {};
    case 'boolean':
      return schema.default ?? false;
    case 'integer':
    case 'number':
      return schema.minimum ?? 0;
    default:
      return undefined;
  }
}

function objectOf(schema: JsonObject, io: 'input' | 'output', again: (part: unknown) => unknown): JsonObject {
  const required = (schema.required ?? []) as readonly string[];
  const isShown = ([name, part]: [string, JsonObject]) =>
    required.includes(name) ||
    ownExample(part) !== undefined ||
    (io === 'input' && variantsOf(part).some((variant) => ownExample(variant) !== undefined));
  return Object.fromEntries(
    Object.entries(schema.properties as Record<string, JsonObject>)
      .filter(isShown)
      .map(([name, part]) => [name, again(part)]),
  );
}

function ownExample(schema: JsonObject): unknown {
  return schema.example ?? (Array.isArray(schema.examples) ? schema.examples[0] : undefined);
}

function variantsOf({ anyOf, oneOf, allOf }: JsonObject): readonly JsonObject[] {
  return (anyOf ?? oneOf ?? allOf ?? []) as readonly JsonObject[];
}
