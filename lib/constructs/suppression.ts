import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A suppression of cdk-nag's AwsSolutions pack that does not apply here, and why. */
export interface Suppression {
  /** `AwsSolutions-…` */
  readonly id: string;
  readonly reason: string;
  /** Which of the rule's findings, where it makes several: `Resource::*`, or what matches an expression. */
  readonly appliesTo?: readonly (string | { readonly regex: string })[];
}

/**
 * Says of `construct` and everything in it that `suppression` does not apply. Written as cdk-nag reads it,
 * without loading cdk-nag: only `cdk synth` and the tests do that.
 */
export function suppress(construct: IConstruct, { appliesTo, ...suppression }: Suppression): void {
  const entry = { ...suppression, ...(appliesTo !== undefined && { applies_to: appliesTo }) };
  for (const resource of construct.node.findAll()) {
    if (!(resource instanceof CfnResource)) continue;
    const before = resource.getMetadata('cdk_nag') as { rules_to_suppress: unknown[] } | undefined;
    resource.addMetadata('cdk_nag', { rules_to_suppress: [...(before?.rules_to_suppress ?? []), entry] });
  }
}
