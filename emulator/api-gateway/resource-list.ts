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

/** What delivery streams are called that API Gateway writes access logs to, of REST APIs alone. */
export const LOG_STREAM = /:deliverystream\/amazon-apigateway-./;

/** A stage's access log: the format of its lines, and where they go. @throws Error for where they can't go */
export function accessLogOf(
  kind: 'REST' | 'HTTP',
  setting: { Format: string; DestinationArn: string } | undefined,
) {
  if (setting === undefined) return null;
  const { Format, DestinationArn } = setting;
  const isStream = DestinationArn.startsWith('arn:aws:firehose:');
  if (isStream && !(kind === 'REST' && LOG_STREAM.test(DestinationArn)))
    throw new Error(`API Gateway writes no access log of ${kind} APIs to ${DestinationArn}`);
  return { format: Format, destinationArn: DestinationArn };
}
