import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { deployedTable } from '../../core/aws/document-client.ts';
import { required } from '../../core/aws/lambda-environment.ts';
import { deployedMailer } from '../../core/aws/ses-mailer.ts';
import { ENV, RESOURCE } from '../../core/contract/deployment.ts';
import { AddresseeStore } from '../../core/store/addressee-store.ts';
import { MailStore } from '../../core/store/mail-store.ts';
import { MemberStore } from '../../core/store/member-store.ts';
import { SubjectReader } from '../../core/store/subject-reader.ts';
import { mailHandler } from './mail-handler.ts';

const table = deployedTable();
const from = required(process.env, ENV.mailFrom);

export const handler = mailHandler({
  members: new MemberStore(table),
  addressees: new AddresseeStore(table),
  mails: new MailStore(table),
  subjects: new SubjectReader(table),
  mailer: deployedMailer(from, RESOURCE.mailConfigurationSet),
  sender: {
    name: /^(.*\S)\s*</.exec(from)?.[1] ?? 'Keywright',
    portalUrl: required(process.env, ENV.portalUrl),
  },
  now: () => new Date(),
  randomBytes,
  logger: new Logger(),
});
