import type * as z from 'zod';
import type { TemplateStack } from '../template/resources.ts';

/** A resource with its properties checked; `id` is what `Ref` of it yields. */
export interface Declared<T> {
  readonly id: string;
  readonly properties: T;
}

/**
 * All resources of a type, over all stacks. Throws an Error that names the resource and the property when
 * one does not have the expected form: the gateway must not serve an API that it has misread.
 */
export function resourcesOfType<S extends z.ZodType>(
  stacks: readonly TemplateStack[],
  type: string,
  schema: S,
): Declared<z.output<S>>[] {
  return stacks.flatMap((stack) =>
    Object.entries(stack.resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([logicalId, resource]) => {
        const parsed = schema.safeParse(resource.Properties);
        if (!parsed.success) {
          const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
          throw new Error(
            `stack ${stack.name}, ${logicalId} (${type}) can't be emulated: ${problems.join('; ')}`,
          );
        }
        return { id: resource.PhysicalId ?? logicalId, properties: parsed.data };
      }),
  );
}

/** A stage's access log: the format of its lines, and where they go. */
export function accessLogOf(setting: { Format: string; DestinationArn: string } | undefined) {
  return setting === undefined ? null : { format: setting.Format, logGroupArn: setting.DestinationArn };
}
