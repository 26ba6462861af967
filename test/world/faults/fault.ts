/** A text of a file, and what to put in its place. */
export interface TextChange {
  readonly file: string;
  readonly is: string;
  readonly was: string;
  /** Put at the file's end besides. */
  readonly end?: string;
}

/** A fault that the product once had, as a change of its files: what they hold now, and what they held then. */
export interface Fault {
  readonly name: string;
  readonly what: string;
  /** The kinds of violation that it shows in. */
  readonly shows: readonly string[];
  readonly changes: readonly TextChange[];
}
