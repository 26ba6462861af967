import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalServer } from '../../support/local-server.ts';

/** Every tenth of a second. */
const MOST_LOOKS = 600;

/** The link in the mail that invites somebody, once SES has it; the newest where there are several. */
export async function invitationMailedTo({ managementUrl }: LocalServer, email: string): Promise<string> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const mails = await (await fetch(`${managementUrl}/keywright-local/mail?to=${email}`)).text();
    const link = /http:\/\/localhost:\d+\/invitations#token=[\w.~-]+/.exec(mails)?.[0];
    if (link !== undefined) return link;
    await sleep(100);
  }
  throw new Error(`nobody has mailed an invitation to ${email}`);
}
