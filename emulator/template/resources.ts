/** One resource of a synthesized template; every intrinsic in `Properties` is a plain value. */
export interface TemplateResource {
  readonly Type: string;
  /** What `Ref` of it yields; null for types that are not known to emulator/template/physical-ids.ts. */
  readonly PhysicalId: string | null;
  /** What its attribute `Arn` yields, by which others name it; null where it has none, or none that is known. */
  readonly Arn: string | null;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly Metadata: Readonly<Record<string, unknown>>;
}

/** One stack with its resources by logical id, without those whose condition is false. */
export interface TemplateStack {
  readonly name: string;
  /** Where it is deployed. Default: where all are. */
  readonly region?: string;
  readonly resources: Readonly<Record<string, TemplateResource>>;
}
