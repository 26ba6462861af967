import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ENV, RESOURCE, TABLE_INDEX } from '../../core/contract/deployment.ts';
import { grantEncrypt } from './data-key.ts';
import { type Conditions, grant, grantOnItems } from './grant.ts';
import type { Store } from './store.ts';

interface MailAccess {
  /** The one address that mails may be from. */
  readonly from: string;
  readonly identityArn: string;
  readonly configurationSetArn: string;
}

const KEYS = ['pk', 'sk', 'listPk', 'listSk'];
const OF_ADDRESSEES = ['sub', 'email', 'role', 'tenants', 'seenAt', 'settings', 'chosenAt', 'revision'];

/**
 * To send mails in one name; to read whom, and what things are called; and to note what was sent. Of credentials and
 * tenants it reads names alone, of the list what addressees are, and it changes nothing that grants anything: of an
 * invitation only the hashes of tokens, which are good for the verified address that it is for.
 */
export function allowMail(
  fn: LambdaFunction,
  store: Store,
  { from, identityArn, configurationSetArn }: MailAccess,
): void {
  const onItems = (actions: string[], partitions: string[], conditions?: Conditions) =>
    grantOnItems(fn, store.tableArn, actions, partitions, conditions);
  fn.addEnvironment(ENV.table, RESOURCE.table);
  grant(fn, ['ses:SendEmail'], [identityArn, configurationSetArn], {
    StringEquals: { 'ses:FromAddress': from },
  });
  onItems(['dynamodb:GetItem'], ['TEAM#*', 'MAIL#*', 'SUPPRESSED#*']);
  onItems(['dynamodb:BatchGetItem'], ['ADDRESSEE#*']);
  onItems(
    ['dynamodb:GetItem'],
    ['CRED#*', 'API#*', 'TENANT#*'],
    only(['pk', 'sk', 'name', 'environment', 'createdBy']),
  );
  onItems(['dynamodb:UpdateItem'], ['MAIL#*', 'SUPPRESSED#*', 'DIGEST#*', 'TOKENS#*']);
  onItems(['dynamodb:Query'], ['DIGEST#*']);
  grant(fn, ['dynamodb:Query'], [`${store.tableArn}/index/${TABLE_INDEX.list}`], {
    ...only([...KEYS, ...OF_ADDRESSEES]),
    StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
  });
  grantEncrypt(fn, store.keyArn, 'dynamodb');
}

/** A reading of no more than these; without a projection there are no names to compare, and all would be read. */
function only(attributes: string[]): Conditions {
  return {
    'ForAllValues:StringEquals': { 'dynamodb:Attributes': attributes },
    Null: { 'dynamodb:LeadingKeys': 'false', 'dynamodb:Attributes': 'false' },
  };
}
