/** Where a long text is kept that belongs to an item: compressed, in parts that never change. */
export interface DocumentRef {
  readonly id: string;
  readonly parts: number;
  /** Of the text itself. */
  readonly bytes: number;
}
