import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { EventBus } from './event-bridge.ts';
import { type JsonLog, openJsonLog } from './json-log.ts';
import { AwsError, type RestService, unknownOperation } from './protocol.ts';

const LAST_MAILS = 200;
const MOST_RECIPIENTS = 50;
const SEND_EMAIL = '/v2/email/outbound-emails';

const data = z.object({ Data: z.string(), Charset: z.string().optional() });
const sendEmail = z.object({
  FromEmailAddress: z.string(),
  Destination: z.object({ ToAddresses: z.array(z.string()) }).strict(),
  ReplyToAddresses: z.array(z.string()).optional(),
  Content: z
    .object({
      Simple: z
        .object({
          Subject: data,
          Body: z.object({ Text: data.optional(), Html: data.optional() }).strict(),
          Headers: z.array(z.object({ Name: z.string(), Value: z.string() })).optional(),
        })
        .strict(),
    })
    .strict(),
  ConfigurationSetName: z.string().optional(),
  EmailTags: z.array(z.object({ Name: z.string(), Value: z.string() })).optional(),
});
type SendEmail = z.output<typeof sendEmail>;

/** A mail as SES took it. */
const mail = z.object({
  id: z.string(),
  /** ISO 8601 UTC. */
  time: z.string(),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  headers: z.record(z.string(), z.string()),
});
export type Mail = z.output<typeof mail>;

/** What SES takes no header by: it writes these itself, or they are none (SES developer guide, «Header fields»). */
const FORBIDDEN_HEADERS = /^(?:from|to|cc|bcc|subject|date|message-id|mime-version|content-.*|return-path)$/i;
/** RFC 5322, 3.2.3 and 3.4.1, as far as SES takes an address: in ASCII, with at most 64 before the @. */
const ADDRESS = /^(?:.{0,200}<)?([\x21-\x3b\x3d\x3f\x41-\x7e]{1,64}@[A-Za-z0-9.-]{1,253})>?$/;
/** «Using the mailbox simulator»: what comes back of mails to these, whatever follows a + before the @. */
const SIMULATOR = /^(bounce|complaint)(?:\+[^@]*)?@simulator\.amazonses\.com$/i;

interface MailboxOptions {
  readonly region: string;
  readonly now: () => Date;
  readonly bus: Pick<EventBus, 'emit'>;
}

/**
 * SES's `SendEmail` (API v2) into a mailbox on this machine, whose mails outlive the process. Who sends must be a
 * verified identity, as in an account: one that was named by `verify`. Mails to the addresses of SES's simulator
 * bounce or are complained of, and configuration sets that say so tell the default bus of that.
 */
export class Mailbox implements RestService {
  readonly #file: JsonLog;
  readonly #options: MailboxOptions;
  readonly #mails: Mail[];
  readonly #identities = new Set<string>();
  readonly #sets = new Map<string, Set<string>>();

  /** @throws StartError when the file at `path` is damaged */
  constructor(path: string, options: MailboxOptions) {
    this.#options = options;
    this.#file = openJsonLog(path);
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    this.#mails = lines.slice(-LAST_MAILS).map((line) => mail.parse(JSON.parse(line)));
  }

  /** The owner of this address, or of this domain, has said that this account may send in its name. */
  verify(identity: string): void {
    this.#identities.add(identity.toLowerCase());
  }

  /** AWS::SES::ConfigurationSet. */
  createConfigurationSet(name: string): void {
    if (!this.#sets.has(name)) this.#sets.set(name, new Set());
  }

  /** AWS::SES::ConfigurationSetEventDestination of the default bus: the kinds of events (`bounce`) that it is told of. */
  tellBus(name: string, kinds: readonly string[]): void {
    for (const kind of kinds) this.#sets.get(name)?.add(kind);
  }

  /** The last ones, newest first. */
  mails(): readonly Mail[] {
    return this.#mails.toReversed();
  }

  handle({ method, url, input }: Parameters<RestService['handle']>[0]): object {
    if (method !== 'POST' || url.pathname !== SEND_EMAIL)
      throw unknownOperation('ses', `${method} ${url.pathname}`);
    const { success, data: request, error } = sendEmail.safeParse(input);
    if (!success) throw badRequest(z.prettifyError(error));
    return { MessageId: this.#send(request) };
  }

  close(): void {
    this.#file.close();
  }

  #send(request: SendEmail): string {
    const { FromEmailAddress: from, Destination, ConfigurationSetName: set, Content } = request;
    const { Subject, Body, Headers = [] } = Content.Simple;
    const to = Destination.ToAddresses;
    if (to.length < 1 || to.length > MOST_RECIPIENTS) throw badRequest('Recipient count exceeds 50.');
    for (const address of [from, ...to]) if (!ADDRESS.test(address)) throw badRequest('Illegal address');
    if (/[\r\n]/.test(Subject.Data)) throw badRequest('Header value contains illegal characters');
    for (const { Name, Value } of Headers) {
      if (FORBIDDEN_HEADERS.test(Name) || !/^[!-9;-~]{1,126}$/.test(Name) || !/^[ -~]{1,870}$/.test(Value))
        throw badRequest(`Invalid header ${JSON.stringify(Name)}`);
    }
    if (!this.#isVerified(from)) {
      throw new AwsError(
        'MessageRejected',
        `Email address is not verified. The following identities failed the check in region ${this.#options.region.toUpperCase()}: ${from}`,
      );
    }
    if (set !== undefined && !this.#sets.has(set)) {
      throw new AwsError('NotFoundException', `Configuration set <${set}> does not exist.`, { status: 404 });
    }
    const taken: Mail = {
      id: randomUUID(),
      time: this.#options.now().toISOString(),
      ...{ from, to, subject: Subject.Data },
      text: Body.Text?.Data ?? '',
      html: Body.Html?.Data ?? '',
      headers: Object.fromEntries(Headers.map(({ Name, Value }) => [Name, Value])),
    };
    this.#file.append([taken]);
    this.#mails.push(taken);
    if (this.#mails.length > LAST_MAILS) this.#mails.shift();
    // SES answers before it knows what becomes of it.
    setImmediate(() => this.#simulate(taken, set));
    return taken.id;
  }

  #isVerified(from: string): boolean {
    const address = (ADDRESS.exec(from)?.[1] ?? '').toLowerCase();
    const domain = address.slice(address.indexOf('@') + 1);
    // A verified domain stands for those below it too («Verified identities»).
    const domains = domain.split('.').map((_, i, labels) => labels.slice(i).join('.'));
    return [address, ...domains].some((identity) => this.#identities.has(identity));
  }

  /** «Examples of event data that Amazon SES publishes to Amazon EventBridge». */
  #simulate({ id, time, from, to, subject }: Mail, set: string | undefined): void {
    for (const address of to) {
      const kind = SIMULATOR.exec(address)?.[1]?.toLowerCase();
      if (kind === undefined || set === undefined || !this.#sets.get(set)?.has(kind)) continue;
      const isBounce = kind === 'bounce';
      const recipients = [{ emailAddress: address }];
      this.#options.bus.emit({
        source: 'aws.ses',
        'detail-type': isBounce ? 'Email Bounced' : 'Email Complaint Received',
        detail: {
          eventType: isBounce ? 'Bounce' : 'Complaint',
          ...(isBounce
            ? { bounce: { bounceType: 'Permanent', bounceSubType: 'General', bouncedRecipients: recipients } }
            : { complaint: { complainedRecipients: recipients, complaintFeedbackType: 'abuse' } }),
          mail: {
            timestamp: time,
            messageId: id,
            source: from,
            destination: to,
            commonHeaders: { from: [from], to, subject },
            tags: { 'ses:configuration-set': [set] },
          },
        },
      });
    }
  }
}

function badRequest(message: string): AwsError {
  return new AwsError('BadRequestException', message);
}
