import { LOCAL_REGIONS } from './main-region.ts';

/** What `npm start -- --help` prints. */
export const HELP = `npm start -- [options]

Runs all of Keywright on this machine, against local servers that speak AWS's protocols. Ctrl-C stops it.

Options
  --regions <count>         1 to ${LOCAL_REGIONS.length}, by default 1
  --main <Region>           which of ${LOCAL_REGIONS.join(', ')} has the control plane
  --consistency <kind>      eventual (by default) or strong, with --regions 2
  --help                    this

Environment
  PORT                      the first of the ports, by default 4100: portals and management API; then sign-in,
                            then the protected APIs
  KEYWRIGHT_DATA_DIR        where everything is kept, by default .keywright
  KEYWRIGHT_IAM             enforce: functions may do only what their roles let them do; by default off
  KEYWRIGHT_APPS            folders of cloud assemblies (cdk.out) of other apps, to be deployed beside

Another copy beside the first: PORT=5100 KEYWRIGHT_DATA_DIR=.keywright-two npm start
docs/use/local.md tells the rest.`;

/** Whether somebody asks what there is to be said. */
export function asksForHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h');
}
