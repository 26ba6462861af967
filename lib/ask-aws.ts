/**
 * Asks AWS, as `aws <service> <operation> <options> --output json` does.
 * @throws Error whose message or `stderr` says why not, as the command does
 */
export type AskAws = (service: string, operation: string, ...options: string[]) => Promise<unknown>;

/** Something to know before a deployment; `stops` where it would fail or harm. */
export interface PreflightResult {
  readonly stops: boolean;
  readonly text: string;
}
