import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { MailBody } from '../domain/mail/mail-body.ts';

/** What takes mails to people. */
export interface Mailer {
  /** @throws Error when it was not taken; it may have been all the same */
  send(to: string, body: MailBody): Promise<void>;
}

const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true };
const MOST_ATTEMPTS = 3;
const UTF_8 = 'UTF-8';

/** Mails by SES, each to one address, so that nobody sees who else got one. */
export class SesMailer implements Mailer {
  readonly #client: SESv2Client;
  readonly #from: string;
  readonly #configurationSet: string;

  /** @param from `keys@example.com` or `Acme <keys@example.com>`, of an identity that SES knows as verified */
  constructor(client: SESv2Client, from: string, configurationSet: string) {
    this.#client = client;
    this.#from = from;
    this.#configurationSet = configurationSet;
  }

  async send(to: string, { subject, text, html, headers }: MailBody): Promise<void> {
    await this.#client.send(
      new SendEmailCommand({
        FromEmailAddress: this.#from,
        Destination: { ToAddresses: [to] },
        ConfigurationSetName: this.#configurationSet,
        Content: {
          Simple: {
            Subject: { Data: subject, Charset: UTF_8 },
            Body: { Text: { Data: text, Charset: UTF_8 }, Html: { Data: html, Charset: UTF_8 } },
            Headers: Object.entries(headers).map(([Name, Value]) => ({ Name, Value })),
          },
        },
      }),
    );
  }
}

/** The mailer of a deployed function. */
export function deployedMailer(from: string, configurationSet: string): Mailer {
  return new SesMailer(
    new SESv2Client({ maxAttempts: MOST_ATTEMPTS, requestHandler: TIMEOUTS }),
    from,
    configurationSet,
  );
}
