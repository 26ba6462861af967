/** `InputTransformer` of a rule's target: texts of the event, put into a template. */
export interface InputTransformer {
  readonly InputPathsMap?: Readonly<Record<string, string>>;
  readonly InputTemplate: string;
}

/**
 * The text that a target receives, as EventBridge makes it: each `<name>` is what stands in the event at its
 * path, nothing where there is no such path; a template that is no JSON object goes out with its quotes.
 * @throws Error for a path in a notation that EventBridge does not have
 */
export function transformed({ InputPathsMap = {}, InputTemplate }: InputTransformer, event: object): string {
  return InputTemplate.replace(/<([^<>]+)>/g, (placeholder, name: string) => {
    const path = Object.hasOwn(InputPathsMap, name) ? InputPathsMap[name] : undefined;
    return path === undefined ? placeholder : inText(valueAt(path, event));
  });
}

function valueAt(path: string, event: object): unknown {
  if (!/^\$(\.[\w-]+)+$/.test(path)) throw new Error(`The path ${path} is not in dot notation.`);
  const names = path.split('.').slice(1);
  return names.reduce<unknown>((value, name) => {
    const fields = Object(value) as Record<string, unknown>;
    return Object.hasOwn(fields, name) ? fields[name] : undefined;
  }, event);
}

/** A text inside the template's quotes is escaped; everything else is JSON. */
function inText(value: unknown): string {
  if (value === undefined) return '';
  const json = JSON.stringify(value);
  return typeof value === 'string' ? json.slice(1, -1) : json;
}
