import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalServer } from '../../support/local-server.ts';

/** The link in the mail that invites somebody, once SES has it; the newest where there are several. */
export async function invitationMailedTo({ managementUrl }: LocalServer, email: string): Promise<string> {
  for (;;) {
    const mails = await (await fetch(`${managementUrl}/keywright-local/mail?to=${email}`)).text();
    const link = /http:\/\/localhost:\d+\/invitations#token=[\w.~-]+/.exec(mails)?.[0];
    if (link !== undefined) return link;
    await sleep(50);
  }
}
