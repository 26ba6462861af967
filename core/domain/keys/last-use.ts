/** When a credential was last used, to the minute; times are ISO 8601 UTC. */
export interface LastUse {
  /** The newest of `bySecret`. */
  readonly at: string;
  /** By the secret's id, or a subscription's slot; those that are gone stay in it. */
  readonly bySecret: Readonly<Record<string, string>>;
  /** Name of the log that told of it, likewise; missing where an earlier version noted it. */
  readonly logs?: Readonly<Record<string, string>>;
}
