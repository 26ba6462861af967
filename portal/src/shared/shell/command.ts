/** Somewhere to go to. */
export interface Command {
  readonly text: string;
  readonly href: string;
  /** What it is: "Page", or of which tenant a key is. */
  readonly about: string;
}

export interface PaletteProps {
  readonly pages: readonly Command[];
  /** What a text finds, in words; pages and keys where absent. */
  readonly finds?: string | undefined;
  /** What else a text finds. */
  readonly findCommands?: (text: string) => Promise<readonly Command[]>;
  readonly onClose: () => void;
}
