import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A finding of cdk-nag's AwsSolutions pack that does not apply here, and why. */
export interface Finding {
  /** `AwsSolutions-…` */
  readonly id: string;
  readonly reason: string;
  /** Which of the rule's findings, where it makes several: `Resource::*`, or what matches an expression. */
  readonly appliesTo?: readonly (string | { readonly regex: string })[];
}

/**
 * Says of `construct` and everything in it that `finding` does not apply. Written as cdk-nag reads it,
 * without loading cdk-nag: only `cdk synth` and the tests do that.
 */
export function dismiss(construct: IConstruct, { appliesTo, ...finding }: Finding): void {
  const entry = { ...finding, ...(appliesTo !== undefined && { applies_to: appliesTo }) };
  for (const resource of construct.node.findAll()) {
    if (!(resource instanceof CfnResource)) continue;
    const before = resource.getMetadata('cdk_nag') as { rules_to_suppress: unknown[] } | undefined;
    resource.addMetadata('cdk_nag', { rules_to_suppress: [...(before?.rules_to_suppress ?? []), entry] });
  }
}
