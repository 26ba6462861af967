/** One resource of a synthesized template; every intrinsic in `Properties` is a plain value. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly Metadata: Readonly<Record<string, unknown>>;
}

/** One stack with its resources by logical id, without those whose condition is false. */
export interface TemplateStack {
  readonly name: string;
  readonly resources: Readonly<Record<string, TemplateResource>>;
}
