import { describe, expect, test } from '@jest/globals';
import { ENV } from '../../core/contract/deployment.ts';
import { IamPolicies } from '../../emulator/iam/policies.ts';
import type { IamRequest } from '../../emulator/iam/statement.ts';
import type { TemplateResource } from '../../emulator/template/resources.ts';
import { ACCOUNT_ID, REGION, type SynthesizedStacks, synthesize, WHOLE } from './synthesized-stacks.ts';

const stacks = synthesize(WHOLE);
const policies = new IamPolicies(stacks.resources);

const physical = (type: string, isIt?: (properties: Record<string, unknown>) => boolean) =>
  String(stacks.one(type, isIt).PhysicalId);
const table = `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/keywright`;
const regional = `${table}-regional`;
const audit = `${table}-audit`;
const usage = `${table}-usage`;
const bus = `arn:aws:events:${REGION}:${ACCOUNT_ID}:event-bus/keywright`;
const secretNamed = (name: string) => physical('AWS::SecretsManager::Secret', ({ Name }) => Name === name);
const pepper = secretNamed('keywright/pepper');
const clientSecret = secretNamed('keywright/portal-client-secret');
const keyOf = (isIt: (properties: Record<string, unknown>) => boolean) =>
  `arn:aws:kms:${REGION}:${ACCOUNT_ID}:key/${physical('AWS::KMS::Key', isIt)}`;
const key = keyOf(({ KeyUsage }) => KeyUsage === undefined);
const anchorKey = keyOf(({ KeyUsage }) => KeyUsage === 'SIGN_VERIFY');
const anchorLog = `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:/keywright/audit-anchors`;
const anchorStream = `${anchorLog}:log-stream:tenant_a`;
const queue = (isIt: (properties: Record<string, unknown>) => boolean) =>
  `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${physical('AWS::SQS::Queue', isIt).split('/').at(-1)}`;
const deadLetters = queue(({ QueueName }) => QueueName === undefined);
const setAside = queue(({ QueueName }) => QueueName === 'keywright-set-aside-events');
const lostLines = queue(({ QueueName }) => QueueName === 'keywright-usage-dead-letters');
const mailQueue = queue(({ QueueName }) => QueueName === 'keywright-mail');
const mailing = (from: string, what = 'identity/example.com'): IamRequest => ({
  action: 'ses:SendEmail',
  resource: `arn:aws:ses:${REGION}:${ACCOUNT_ID}:${what}`,
  context: { 'ses:FromAddress': from, 'ses:Recipients': ['grace@example.org'] },
});
const streamOf = (name: string) =>
  String(
    stacks.one('AWS::Lambda::EventSourceMapping', (p) => String(p.EventSourceArn).includes(`${name}/stream/`))
      .Properties.EventSourceArn,
  );
const stream = streamOf('/keywright');
const regionalStream = streamOf('/keywright-regional');

const dynamodb = (
  action: string,
  resource: string,
  partition?: string | readonly string[],
  context: IamRequest['context'] = {},
): IamRequest => ({
  action: `dynamodb:${action}`,
  resource,
  context: {
    ...(partition !== undefined && { 'dynamodb:LeadingKeys': [partition].flat() }),
    ...context,
  },
});
const kms = (action: string, service?: string): IamRequest => ({
  action: `kms:${action}`,
  resource: key,
  context: service === undefined ? {} : { 'kms:ViaService': `${service}.${REGION}.amazonaws.com` },
});
const writing = (attributes: readonly string[], returned?: string) => ({
  'dynamodb:Attributes': attributes,
  ...(returned !== undefined && { 'dynamodb:ReturnValues': returned }),
});
const forSession = (action: string, session: string): IamRequest => ({
  action: `kms:${action}`,
  resource: key,
  context: { 'kms:EncryptionContext:session': session },
});
const forKey = (action: string, owner: string, slot?: string): IamRequest => ({
  action: `kms:${action}`,
  resource: key,
  context: {
    'kms:EncryptionContext:owner': owner,
    ...(slot !== undefined && { 'kms:EncryptionContext:slot': slot }),
  },
});
const sessionFunction = `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:keywright-session`;
const SEEN = ['pk', 'sk', 'endedAt', 'lastSeenAt'];
const SESSION_ENDED = ['pk', 'sk', 'endedAt', 'refreshToken', 'revision', 'eventsFrom', 'turn', 'lastEvent'];
const upkeep = `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:keywright-key-upkeep`;
const management = physical('AWS::ApiGatewayV2::Api', ({ Name }) => Name === 'keywright-management');
const DIGESTS = ['pk', 'sk', 'digests'];
const USES = ['pk', 'sk', 'imported'];
const ENDED = [
  'pk',
  'sk',
  'revision',
  'turn',
  'eventsFrom',
  'lastEvent',
  'status',
  'secrets',
  'slots',
  'digests',
];
const NOTED = ['pk', 'sk', 'revision', 'turn', 'eventsFrom', 'reminders', 'duePk', 'dueAt', 'lastEvent'];
const REVISIONS = ['pk', 'listPk', 'listSk', 'revision', 'eventsFrom', 'tenantId', 'keyId', 'lastEvent'];
const LAPSED = ['pk', 'sk', 'revision', 'turn', 'eventsFrom', 'state', 'duePk', 'dueAt', 'lastEvent'];

const pool = `arn:aws:cognito-idp:${REGION}:${ACCOUNT_ID}:userpool/${physical('AWS::Cognito::UserPool')}`;
const onPool = (action: string): IamRequest => ({ action: `cognito-idp:${action}`, resource: pool });

/** Everything that somebody with a hold of a function might want to do, and what functions must do. */
const SENSITIVE = {
  'ask for a second factor': onPool('AdminGetUser'),
  'activate a second factor': onPool('AdminSetUserMFAPreference'),
  'set a password': onPool('AdminSetUserPassword'),
  'make somebody an admin': onPool('AdminAddUserToGroup'),
  'act for another tenant': onPool('AdminUpdateUserAttributes'),
  'get credential': dynamodb('GetItem', table, 'CRED#a'),
  'get whose a credential is': dynamodb('GetItem', table, 'CRED#a', writing(['pk', 'sk', 'tenantId'])),
  'get whose a credential is, and more': dynamodb(
    'GetItem',
    table,
    'CRED#a',
    writing(['pk', 'sk', 'tenantId', 'digests']),
  ),
  'get tenant': dynamodb('GetItem', table, 'TENANT#a'),
  'get api': dynamodb('GetItem', table, 'API#a'),
  'get product': dynamodb('GetItem', table, 'PRODUCT#a'),
  'get approval': dynamodb('GetItem', table, 'APPROVAL#a'),
  'get alert': dynamodb('GetItem', table, 'ALERT#a'),
  'get alias': dynamodb('GetItem', table, 'ALIAS#v1#a'),
  'get anything else': dynamodb('GetItem', table, 'SEEN#a'),
  'batch-get for a decision': dynamodb('BatchGetItem', table, ['CRED#a', 'TENANT#b', 'API#c']),
  'batch-get a network': dynamodb('BatchGetItem', regional, ['SEEN#a']),
  'batch-get what is used of limits': dynamodb('BatchGetItem', regional, ['LIMIT#a']),
  'batch-get for a subscription': dynamodb('BatchGetItem', table, ['TENANT#b', 'PRODUCT#c']),
  'batch-get credentials': dynamodb('BatchGetItem', table, ['CRED#a', 'CRED#b']),
  'batch-get aliases': dynamodb('BatchGetItem', table, ['ALIAS#v1#a', 'ALIAS#v2#b']),
  'batch-get tenants': dynamodb('BatchGetItem', table, ['TENANT#a', 'TENANT#b']),
  'batch-get anything else': dynamodb('BatchGetItem', table, ['CRED#a', 'LIMIT#a']),
  'put credential': dynamodb('PutItem', table, 'CRED#a'),
  'put tenant': dynamodb('PutItem', table, 'TENANT#a'),
  'put api': dynamodb('PutItem', table, 'API#a'),
  'put product': dynamodb('PutItem', table, 'PRODUCT#a'),
  'put approval': dynamodb('PutItem', table, 'APPROVAL#a'),
  'get what developers have open': dynamodb('GetItem', table, 'OPEN#tenant_a'),
  'count what developers have open': dynamodb('PutItem', table, 'OPEN#tenant_a'),
  'get a team': dynamodb('GetItem', table, 'TEAM#team_a'),
  'batch-get teams': dynamodb('BatchGetItem', table, ['TEAM#team_a', 'TEAM#team_b']),
  'put a team': dynamodb('PutItem', table, 'TEAM#team_a'),
  'change a team': dynamodb('UpdateItem', table, 'TEAM#team_a', writing(['pk', 'sk', 'members'])),
  'delete a team': dynamodb('DeleteItem', table, 'TEAM#team_a'),
  'batch-get where a person is': dynamodb('BatchGetItem', table, ['PERSON#a']),
  'note where a person is': dynamodb('UpdateItem', table, 'PERSON#a', writing(['pk', 'sk', 'tenantIds'])),
  'note more of a person': dynamodb('UpdateItem', table, 'PERSON#a', writing(['pk', 'sk', 'role'])),
  'get a session': dynamodb('GetItem', table, 'SESSION#a'),
  'start a session': dynamodb('PutItem', table, 'SESSION#a'),
  'note that a session is used': dynamodb('UpdateItem', table, 'SESSION#a', writing(SEEN)),
  'end a session': dynamodb('UpdateItem', table, 'SESSION#a', writing(SESSION_ENDED)),
  'let a session live on': dynamodb('UpdateItem', table, 'SESSION#a', writing([...SEEN, 'endsAt'])),
  'say who a session is of': dynamodb('UpdateItem', table, 'SESSION#a', writing([...SEEN, 'claims'])),
  'delete a session': dynamodb('DeleteItem', table, 'SESSION#a'),
  'read the portals’ client secret': { action: 'secretsmanager:GetSecretValue', resource: clientSecret },
  'replace the portals’ client secret': { action: 'secretsmanager:PutSecretValue', resource: clientSecret },
  'seal a refresh token': forSession('Encrypt', 'session_a'),
  'open a refresh token': forSession('Decrypt', 'session_a'),
  'open what is sealed for something else': forSession('Decrypt', 'other'),
  'renew a session': { action: 'lambda:InvokeFunction', resource: sessionFunction },
  'read where people are mailed': dynamodb('BatchGetItem', table, ['ADDRESSEE#a', 'ADDRESSEE#b']),
  'query where people are mailed': dynamodb('Query', `${table}/index/list`, 'ADDRESSEES', {
    ...writing(['listPk', 'sub', 'email', 'role', 'tenants']),
    'dynamodb:Select': 'SPECIFIC_ATTRIBUTES',
  }),
  'get an addressee': dynamodb('GetItem', table, 'ADDRESSEE#a'),
  'change an addressee': dynamodb('UpdateItem', table, 'ADDRESSEE#a', writing(['pk', 'sk', 'email'])),
  'get the tokens of an invitation': dynamodb('GetItem', table, 'TOKENS#inv_a'),
  'add a token to an invitation': dynamodb(
    'UpdateItem',
    table,
    'TOKENS#inv_a',
    writing(['pk', 'sk', 'hashes', 'ttl']),
  ),
  'note what was mailed': dynamodb('UpdateItem', table, 'MAIL#a', writing(['pk', 'sk', 'sentAt'])),
  'read a digest': dynamodb('Query', table, 'DIGEST#2026-11-22'),
  'stop mails to an address': dynamodb(
    'UpdateItem',
    table,
    'SUPPRESSED#a',
    writing(['pk', 'sk', 'reason', 'at', 'ttl']),
  ),
  'read what a credential is called': dynamodb(
    'GetItem',
    table,
    'CRED#a',
    writing(['pk', 'sk', 'name', 'createdBy']),
  ),
  'take from the queue of mails': { action: 'sqs:ReceiveMessage', resource: mailQueue },
  'delete from the queue of mails': { action: 'sqs:DeleteMessage', resource: mailQueue },
  'hide in the queue of mails': { action: 'sqs:ChangeMessageVisibility', resource: mailQueue },
  'put into the queue of mails': { action: 'sqs:SendMessage', resource: mailQueue },
  'mail in its own name': mailing('keys@example.com'),
  'mail in another name of the domain': mailing('ceo@example.com'),
  'mail past the configuration set': mailing('keys@example.com', 'configuration-set/other'),
  'verify another sender': { action: 'ses:CreateEmailIdentity', resource: '*' },
  'get a sign-up': dynamodb('GetItem', table, 'SIGNUP#signup_a'),
  'change a sign-up': dynamodb('UpdateItem', table, 'SIGNUP#signup_a', writing(['pk', 'sk', 'state'])),
  'put alert': dynamodb('PutItem', table, 'ALERT#a'),
  'put seen network': dynamodb('PutItem', regional, 'SEEN#a'),
  'put seen network into the main table': dynamodb('PutItem', table, 'SEEN#a'),
  'put a credential into the regional table': dynamodb('PutItem', regional, 'CRED#a'),
  'put alias': dynamodb('PutItem', table, 'ALIAS#v1#a'),
  'put without a key': dynamodb('PutItem', table),
  'update reminders alone': dynamodb('UpdateItem', table, 'CRED#a', writing(NOTED)),
  'take out a secret': dynamodb('UpdateItem', table, 'CRED#a', writing([...NOTED, 'secrets'])),
  'end credential': dynamodb('UpdateItem', table, 'CRED#a', writing([...ENDED, 'reminders'])),
  'change what a credential may do': dynamodb('UpdateItem', table, 'CRED#a', writing([...ENDED, 'role'])),
  'mark client key': dynamodb('UpdateItem', table, 'API#a', writing(['pk', 'sk', 'clientKey'])),
  'lapse approval': dynamodb('UpdateItem', table, 'APPROVAL#a', writing(LAPSED)),
  'update digests alone': dynamodb('UpdateItem', table, 'CRED#a', writing(DIGESTS)),
  'renew digests and say so': dynamodb(
    'UpdateItem',
    table,
    'CRED#a',
    writing([...DIGESTS, 'imported', 'lastEvent']),
  ),
  'note a first use': dynamodb('UpdateItem', table, 'CRED#a', writing(USES)),
  'redirect alias': dynamodb('UpdateItem', table, 'ALIAS#v1#a', writing(['pk', 'sk', 'credentialId'])),
  'update digests and status': dynamodb('UpdateItem', table, 'CRED#a', writing([...DIGESTS, 'status'])),
  'update credential': dynamodb('UpdateItem', table, 'CRED#a', writing(['pk', 'sk', 'status'])),
  'update digests and read the rest': dynamodb('UpdateItem', table, 'CRED#a', writing(DIGESTS, 'ALL_OLD')),
  'update digests of a tenant': dynamodb('UpdateItem', table, 'TENANT#a', writing(DIGESTS)),
  'update tenant': dynamodb('UpdateItem', table, 'TENANT#a', writing(['pk', 'sk', 'roles'])),
  'update alert': dynamodb('UpdateItem', table, 'ALERT#a', writing(['pk', 'sk', 'state'])),
  'update approval': dynamodb('UpdateItem', table, 'APPROVAL#a', writing([...LAPSED, 'decidedBy'])),
  'update api': dynamodb('UpdateItem', table, 'API#a', writing(['pk', 'sk', 'routes'])),
  'update product': dynamodb('UpdateItem', table, 'PRODUCT#a', writing(['pk', 'sk', 'plan'])),
  'lease allowance': dynamodb(
    'UpdateItem',
    regional,
    'LIMIT#a',
    writing(['pk', 'sk', 'used#60', 'used#60#29671200', 'ttl'], 'ALL_NEW'),
  ),
  'lease allowance in the main table': dynamodb(
    'UpdateItem',
    table,
    'LIMIT#a',
    writing(['pk', 'sk', 'used#60']),
  ),
  'leave an event in a window of a limit': dynamodb(
    'UpdateItem',
    regional,
    'LIMIT#a',
    writing(['pk', 'sk', 'lastEvent']),
  ),
  'put a sighting that holds more': dynamodb('PutItem', regional, 'SEEN#a', writing(['pk', 'sk', 'digests'])),
  'put allowance': dynamodb('PutItem', regional, 'LIMIT#a'),
  'query networks': dynamodb('Query', regional, 'SEEN#a'),
  'scan the regional table': dynamodb('Scan', regional),
  'delete credential': dynamodb('DeleteItem', table, 'CRED#a'),
  'delete alias': dynamodb('DeleteItem', table, 'ALIAS#v1#a'),
  'delete seen network': dynamodb('DeleteItem', regional, 'SEEN#a'),
  'batch-write': dynamodb('BatchWriteItem', table, ['CRED#a']),
  'batch-write networks': dynamodb('BatchWriteItem', regional, ['SEEN#a']),
  'partiql-delete': dynamodb('PartiQLDelete', regional, 'SEEN#a'),
  'partiql-select': dynamodb('PartiQLSelect', table, 'CRED#a'),
  'query credential': dynamodb('Query', table, 'CRED#a'),
  'query subscriptions': dynamodb('Query', `${table}/index/subscriptions`, 'pending'),
  'query alerts': dynamodb('Query', `${table}/index/alerts`, 'open'),
  'query what is due': dynamodb('Query', `${table}/index/due`, 'DUE#1'),
  'query list': dynamodb('Query', `${table}/index/list`, 'KEYS#a'),
  'query revisions in a list': dynamodb('Query', `${table}/index/list`, 'KEYS#a', {
    ...writing(REVISIONS),
    'dynamodb:Select': 'SPECIFIC_ATTRIBUTES',
  }),
  'query digests in a list': dynamodb('Query', `${table}/index/list`, 'KEYS#a', {
    ...writing([...REVISIONS, 'digests']),
    'dynamodb:Select': 'SPECIFIC_ATTRIBUTES',
  }),
  'get a tenant’s revision': dynamodb('GetItem', table, 'TENANT#a', writing(REVISIONS)),
  'note a gap of the audit log': dynamodb('PutItem', table, 'GAP#key_a'),
  'read where a search goes on': dynamodb('GetItem', table, 'SEARCH#audit-gaps'),
  'note where a search goes on': dynamodb('PutItem', table, 'SEARCH#audit-gaps'),
  'query what the audit log has of an item': dynamodb('Query', audit, 'REVISION#key_a'),
  'scan table': dynamodb('Scan', table),
  'scan list': dynamodb('Scan', `${table}/index/list`),
  'export table': dynamodb('ExportTableToPointInTime', table),
  'change table': dynamodb('UpdateTable', table),
  'delete table': dynamodb('DeleteTable', table),
  'describe stream': dynamodb('DescribeStream', stream),
  'read stream position': dynamodb('GetShardIterator', stream),
  'read stream': dynamodb('GetRecords', stream),
  'read the regional stream': dynamodb('GetRecords', regionalStream),
  'list streams': dynamodb('ListStreams', '*'),
  'query audit': dynamodb('Query', audit, 'tenant_a'),
  'query audit by day': dynamodb('Query', `${audit}/index/byDay`, '2026-11-22'),
  'query an audit chain': dynamodb('Query', audit, 'CHAIN#tenant_a'),
  'get audit record': dynamodb('GetItem', audit, 'tenant_a'),
  'get audit records': dynamodb('BatchGetItem', audit, ['tenant_a', 'CHAIN#tenant_a']),
  'put audit record': dynamodb('PutItem', audit, 'tenant_a'),
  'update audit record': dynamodb('UpdateItem', audit, 'tenant_a', writing(['pk', 'sk', 'data'])),
  'delete audit record': dynamodb('DeleteItem', audit, 'tenant_a'),
  'batch-write audit': dynamodb('BatchWriteItem', audit, ['tenant_a']),
  'partiql-delete audit': dynamodb('PartiQLDelete', audit, 'tenant_a'),
  'let audit records expire': dynamodb('UpdateTimeToLive', audit),
  'lift the audit policy': dynamodb('DeleteResourcePolicy', audit),
  'replace the audit policy': dynamodb('PutResourcePolicy', audit),
  'read the audit policy': dynamodb('GetResourcePolicy', audit),
  'read another table’s policy': dynamodb('GetResourcePolicy', table),
  'scan audit': dynamodb('Scan', audit),
  'read last uses': dynamodb('BatchGetItem', usage, ['USED#a', 'USED#b']),
  'read usage': dynamodb('Query', usage, 'USE#a'),
  'read what is fresh': dynamodb('Query', usage, 'FRESH#a'),
  'read where fresh counts stand': dynamodb('GetItem', usage, 'FRESH#a'),
  'keep fresh counts': dynamodb('PutItem', usage, 'FRESH#a'),
  'move on where fresh counts stand': dynamodb('UpdateItem', usage, 'FRESH#a'),
  'delete fresh counts': dynamodb('DeleteItem', usage, 'FRESH#a'),
  'delete a count': dynamodb('DeleteItem', usage, 'USE#a'),
  'get many fresh counts': dynamodb('BatchGetItem', usage, ['FRESH#a', 'FRESH#b']),
  'read refusals': dynamodb('Query', usage, 'REFUSED#a'),
  'get a summary': dynamodb('GetItem', usage, 'SUMMARY#a'),
  'get a receipt': dynamodb('GetItem', usage, 'ENDED#a'),
  'get receipts': dynamodb('BatchGetItem', usage, ['ENDED#a', 'ENDED#b']),
  'note in a receipt': dynamodb('UpdateItem', usage, 'ENDED#a'),
  'query what has ended of late': dynamodb('Query', usage, 'ENDED#recent'),
  'query a receipt': dynamodb('Query', usage, 'ENDED#a'),
  'put a receipt': dynamodb('PutItem', usage, 'ENDED#a'),
  'get what an item counts for': dynamodb('GetItem', usage, 'COUNTED#a'),
  'keep what an item counts for': dynamodb('PutItem', usage, 'COUNTED#a'),
  'add to a summary': dynamodb('UpdateItem', usage, 'SUMMARY#a'),
  'replace a summary': dynamodb('PutItem', usage, 'SUMMARY#a'),
  'get usage count': dynamodb('GetItem', usage, 'USE#a'),
  'get counts and profiles': dynamodb('BatchGetItem', usage, ['PROFILE#a', 'USE#a', 'REFUSED#b']),
  'keep a profile': dynamodb('PutItem', usage, 'PROFILE#a'),
  'count usage': dynamodb('UpdateItem', usage, 'USE#a'),
  'count refusal': dynamodb('UpdateItem', usage, 'REFUSED#a'),
  'put usage batch': dynamodb('PutItem', usage, 'BATCH#a'),
  'strike off what is owed of a batch': dynamodb('UpdateItem', usage, 'BATCH#a'),
  'put usage count': dynamodb('PutItem', usage, 'USE#a'),
  'delete usage batch': dynamodb('DeleteItem', usage, 'BATCH#a'),
  'put what belongs to no batch': dynamodb('PutItem', usage, 'USED#a'),
  'update a profile': dynamodb('UpdateItem', usage, 'PROFILE#a'),
  'get usage batch': dynamodb('GetItem', usage, 'BATCH#a'),
  'get last uses with counts': dynamodb('BatchGetItem', usage, ['USED#a', 'USE#a']),
  'query a profile': dynamodb('Query', usage, 'PROFILE#a'),
  'write to the usage table without a key': dynamodb('UpdateItem', usage),
  'send lost log lines': { action: 'sqs:SendMessage', resource: lostLines },
  'count lost log lines': { action: 'sqs:GetQueueAttributes', resource: lostLines },
  'get how far a log is counted': dynamodb('GetItem', usage, 'HEARD#a'),
  'note how far a log is counted': dynamodb('UpdateItem', usage, `HEARD#${REGION}:a`),
  'note how far a log of another Region is counted': dynamodb('UpdateItem', usage, 'HEARD#eu-north-9:a'),
  'read why a request was refused': dynamodb('Query', usage, 'WHY#a'),
  'keep a refusal': dynamodb('PutItem', usage, 'WHY#a'),
  'count kept refusals': dynamodb('UpdateItem', usage, 'WHYS#a'),
  'get recent uses': dynamodb('GetItem', usage, 'USED#recent#1'),
  'get a last use by itself': dynamodb('GetItem', usage, 'USED#a'),
  'note a last use': dynamodb('UpdateItem', usage, 'USED#a'),
  'scan usage': dynamodb('Scan', usage),
  'publish event': { action: 'events:PutEvents', resource: bus },
  'publish elsewhere': { action: 'events:PutEvents', resource: bus.replace('keywright', 'default') },
  'delete rule': { action: 'events:DeleteRule', resource: bus },
  'send dead letter': { action: 'sqs:SendMessage', resource: deadLetters },
  'set an event aside': { action: 'sqs:SendMessage', resource: setAside },
  'take back what was set aside': { action: 'sqs:ReceiveMessage', resource: setAside },
  'receive dead letter': { action: 'sqs:ReceiveMessage', resource: deadLetters },
  'read pepper': { action: 'secretsmanager:GetSecretValue', resource: pepper },
  'describe pepper': { action: 'secretsmanager:DescribeSecret', resource: pepper },
  'add pepper version': { action: 'secretsmanager:PutSecretValue', resource: pepper },
  'make pepper version current': { action: 'secretsmanager:UpdateSecretVersionStage', resource: pepper },
  'replace pepper': { action: 'secretsmanager:UpdateSecret', resource: pepper },
  'delete pepper': { action: 'secretsmanager:DeleteSecret', resource: pepper },
  'read what CloudFront is known by': {
    action: 'secretsmanager:GetSecretValue',
    resource: `arn:aws:secretsmanager:${REGION}:${ACCOUNT_ID}:secret:keywright/origin-1a2B3c`,
  },
  'replace what CloudFront is known by': {
    action: 'secretsmanager:PutSecretValue',
    resource: `arn:aws:secretsmanager:${REGION}:${ACCOUNT_ID}:secret:keywright/origin-1a2B3c`,
  },
  'read another secret': { action: 'secretsmanager:GetSecretValue', resource: `${pepper}x` },
  'make a secret': { action: 'secretsmanager:CreateSecret', resource: `${pepper}x` },
  'seal a subscription key': forKey('Encrypt', 'sub_a', 'primary'),
  'open a subscription key': forKey('Decrypt', 'sub_a', 'secondary'),
  'seal a client key': forKey('Encrypt', 'api_a', 'clientKey'),
  'open a client key': forKey('Decrypt', 'api_a', 'clientKey'),
  'seal a client key for everybody': forKey('Encrypt', 'api_a', 'publicClientKey'),
  'open a published client key': forKey('Decrypt', 'api_a', 'publicClientKey'),
  'seal a subscription key as a client key': forKey('Encrypt', 'sub_a', 'clientKey'),
  'open a client key as a subscription’s': forKey('Decrypt', 'api_a', 'primary'),
  'open a key of whatever slot': forKey('Decrypt', 'sub_a'),
  'open a key of another kind of owner': forKey('Decrypt', 'session_a', 'primary'),
  'decrypt through DynamoDB': kms('Decrypt', 'dynamodb'),
  'encrypt through DynamoDB': kms('GenerateDataKey', 'dynamodb'),
  'decrypt through Secrets Manager': kms('Decrypt', 'secretsmanager'),
  'encrypt through Secrets Manager': kms('GenerateDataKey', 'secretsmanager'),
  'decrypt by itself': kms('Decrypt'),
  'decrypt through S3': kms('Decrypt', 's3'),
  'destroy key': kms('ScheduleKeyDeletion'),
  'ask for upkeep': { action: 'lambda:InvokeFunction', resource: upkeep },
  'ask to verify': {
    action: 'execute-api:Invoke',
    resource: `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:${management}/$default/POST/v1/verify`,
  },
  'call the management API': {
    action: 'execute-api:Invoke',
    resource: `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:${management}/$default/POST/v1/tenants`,
  },
  'change upkeep': { action: 'lambda:UpdateFunctionCode', resource: upkeep },
  'sign a head': { action: 'kms:Sign', resource: anchorKey },
  'read the key of heads': { action: 'kms:GetPublicKey', resource: anchorKey },
  'destroy the key of heads': { action: 'kms:ScheduleKeyDeletion', resource: anchorKey },
  'change who signs heads': { action: 'kms:PutKeyPolicy', resource: anchorKey },
  'sign with the other key': { action: 'kms:Sign', resource: key },
  'begin a stream of heads': { action: 'logs:CreateLogStream', resource: anchorStream },
  'write a head': { action: 'logs:PutLogEvents', resource: anchorStream },
  'read heads': { action: 'logs:GetLogEvents', resource: anchorStream },
  'delete heads': { action: 'logs:DeleteLogStream', resource: anchorStream },
  'forget heads': { action: 'logs:PutRetentionPolicy', resource: anchorLog },
  'call a function': { action: 'lambda:InvokeFunction', resource: '*' },
  'take another role': { action: 'sts:AssumeRole', resource: '*' },
  'pass a role': { action: 'iam:PassRole', resource: '*' },
  'make somebody admin': { action: 'cognito-idp:AdminAddUserToGroup', resource: '*' },
  'read logs': { action: 'logs:GetLogEvents', resource: '*' },
  'delete logs': { action: 'logs:DeleteLogGroup', resource: '*' },
} as const satisfies Record<string, IamRequest>;

type Sensitive = keyof typeof SENSITIVE;

const READS_AND_WRITES_TABLE: readonly Sensitive[] = [
  'decrypt through DynamoDB',
  'encrypt through DynamoDB',
  'query list',
  'query revisions in a list',
  'query digests in a list',
  'query where people are mailed',
];
const READS_PEPPER: readonly Sensitive[] = ['read pepper', 'decrypt through Secrets Manager'];
const SEALS_SUBSCRIPTION_KEYS: readonly Sensitive[] = [
  ...READS_PEPPER,
  'seal a subscription key',
  'open a subscription key',
];
const IMPORTS: readonly Sensitive[] = [
  'get alias',
  'batch-get aliases',
  'batch-get credentials',
  'put alias',
];
/** Who may read a whole credential may read whose it is. */
const GETS_CREDENTIALS: readonly Sensitive[] = [
  'get credential',
  'get whose a credential is',
  'get whose a credential is, and more',
  'read what a credential is called',
];
/** With what their products and tenants are called, and the client keys of their APIs. */
const SHOWS_SUBSCRIPTIONS: readonly Sensitive[] = [
  'batch-get for a subscription',
  'batch-get tenants',
  'get api',
  'open a client key',
];
/** Who is a member of which tenant, and where people call from. */
const KNOWS_MEMBERS: readonly Sensitive[] = [
  'batch-get teams',
  'batch-get where a person is',
  'read what CloudFront is known by',
  'decrypt through Secrets Manager',
];
const CHANGES_TEAMS: readonly Sensitive[] = ['get a team', 'put a team', 'change a team'];
const ENDS_SESSIONS: readonly Sensitive[] = ['get a session', 'end a session'];
const REQUESTS_APPROVAL: readonly Sensitive[] = ['get approval', 'put approval'];
/** Who may rewrite a whole credential may rewrite its parts. */
const UPDATES_CREDENTIALS: readonly Sensitive[] = [
  'take out a secret',
  'end credential',
  'change what a credential may do',
  'update reminders alone',
  'update credential',
  'update digests alone',
  'renew digests and say so',
  'note a first use',
  'update digests and status',
  'update digests and read the rest',
];

/** What each function may do of all that. Whatever is not listed must be refused. */
const MAY: Readonly<Record<string, readonly Sensitive[]>> = {
  'people-authorizer': [
    'get a session',
    'note that a session is used',
    'renew a session',
    'decrypt through DynamoDB',
    'encrypt through DynamoDB',
  ],
  session: [
    ...ENDS_SESSIONS,
    'start a session',
    'note that a session is used',
    'let a session live on',
    'say who a session is of',
    'read the portals’ client secret',
    'read what CloudFront is known by',
    'seal a refresh token',
    'open a refresh token',
    'decrypt through DynamoDB',
    'encrypt through DynamoDB',
    'decrypt through Secrets Manager',
  ],
  authorizer: [
    'batch-get credentials',
    'batch-get for a decision',
    'batch-get for a subscription',
    'batch-get tenants',
    'batch-get a network',
    'put seen network',
    'ask for upkeep',
    'decrypt through DynamoDB',
    'encrypt through DynamoDB',
    ...READS_PEPPER,
  ],
  keys: [
    ...KNOWS_MEMBERS,
    'batch-get tenants',
    ...IMPORTS,
    ...GETS_CREDENTIALS,
    'read last uses',
    'get tenant',
    'get a tenant’s revision',
    'put credential',
    ...UPDATES_CREDENTIALS,
    ...REQUESTS_APPROVAL,
    ...READS_AND_WRITES_TABLE,
    ...READS_PEPPER,
  ],
  tenants: [
    ...KNOWS_MEMBERS,
    'get tenant',
    'get a tenant’s revision',
    'batch-get tenants',
    'put tenant',
    'update tenant',
    'update digests of a tenant',
    ...REQUESTS_APPROVAL,
    ...READS_AND_WRITES_TABLE,
  ],
  apis: [
    ...KNOWS_MEMBERS,
    'get api',
    'put api',
    'update api',
    'mark client key',
    ...READS_AND_WRITES_TABLE,
    ...READS_PEPPER,
    'seal a client key',
    'open a client key',
    'seal a client key for everybody',
  ],
  products: [
    ...KNOWS_MEMBERS,
    'get product',
    'get api',
    'put product',
    'update product',
    'open a published client key',
    ...READS_AND_WRITES_TABLE,
  ],
  subscriptions: [
    ...KNOWS_MEMBERS,
    'get what developers have open',
    'count what developers have open',
    ...IMPORTS,
    ...GETS_CREDENTIALS,
    'read last uses',
    'get tenant',
    'get a tenant’s revision',
    'get product',
    'put credential',
    ...UPDATES_CREDENTIALS,
    ...REQUESTS_APPROVAL,
    ...READS_AND_WRITES_TABLE,
    'query subscriptions',
    ...SEALS_SUBSCRIPTION_KEYS,
    ...SHOWS_SUBSCRIPTIONS,
  ],
  approvals: [
    ...KNOWS_MEMBERS,
    ...CHANGES_TEAMS,
    'query what is due',
    'get approval',
    'read last uses',
    'update approval',
    'lapse approval',
    ...GETS_CREDENTIALS,
    'get tenant',
    'get a tenant’s revision',
    'put credential',
    'update tenant',
    'update digests of a tenant',
    ...UPDATES_CREDENTIALS,
    ...READS_AND_WRITES_TABLE,
    'get product',
    ...SEALS_SUBSCRIPTION_KEYS,
    ...SHOWS_SUBSCRIPTIONS,
  ],
  members: [
    ...KNOWS_MEMBERS,
    ...CHANGES_TEAMS,
    ...ENDS_SESSIONS,
    'get the tokens of an invitation',
    'get an addressee',
    'change an addressee',
    'note where a person is',
    'get tenant',
    'get a tenant’s revision',
    'batch-get tenants',
    ...REQUESTS_APPROVAL,
    ...READS_AND_WRITES_TABLE,
  ],
  mail: [
    'get a team',
    'read where people are mailed',
    'query where people are mailed',
    'add a token to an invitation',
    'note what was mailed',
    'read a digest',
    'stop mails to an address',
    'read what a credential is called',
    'take from the queue of mails',
    'delete from the queue of mails',
    'hide in the queue of mails',
    'mail in its own name',
    'decrypt through DynamoDB',
    'encrypt through DynamoDB',
  ],
  'sign-ups': [
    ...KNOWS_MEMBERS,
    ...CHANGES_TEAMS,
    'note where a person is',
    'get tenant',
    'get a tenant’s revision',
    'put tenant',
    'get a sign-up',
    'change a sign-up',
    ...READS_AND_WRITES_TABLE,
  ],
  alerts: [...KNOWS_MEMBERS, 'get alert', 'update alert', 'query alerts', ...READS_AND_WRITES_TABLE],
  leaks: [
    ...GETS_CREDENTIALS,
    'get tenant',
    'get a tenant’s revision',
    'get api',
    'take out a secret',
    'end credential',
    'update reminders alone',
    'update credential',
    'update digests alone',
    'update digests and status',
    'mark client key',
    'decrypt through DynamoDB',
    'encrypt through DynamoDB',
    ...READS_PEPPER,
  ],
  rotation: [
    ...GETS_CREDENTIALS,
    'get tenant',
    'get a tenant’s revision',
    'read last uses',
    'read usage',
    'read what is fresh',
    'read where fresh counts stand',
    'put alert',
    'note a first use',
    'take out a secret',
    'update reminders alone',
    'update digests alone',
    'renew digests and say so',
    'decrypt through DynamoDB',
    'encrypt through DynamoDB',
    ...READS_PEPPER,
    'seal a subscription key',
  ],
  verify: [
    'batch-get credentials',
    'batch-get for a decision',
    'batch-get for a subscription',
    'batch-get tenants',
    'batch-get a network',
    'put seen network',
    'ask for upkeep',
    'lease allowance',
    'decrypt through DynamoDB',
    'encrypt through DynamoDB',
    ...READS_PEPPER,
  ],
  'key-upkeep': [
    ...GETS_CREDENTIALS,
    'update digests alone',
    'renew digests and say so',
    'note a first use',
    'put alias',
    'decrypt through DynamoDB',
    'encrypt through DynamoDB',
    ...READS_PEPPER,
  ],
  sweep: [
    'query what is due',
    ...GETS_CREDENTIALS,
    'get approval',
    'get tenant',
    'get a tenant’s revision',
    'read last uses',
    'get usage count',
    'read what is fresh',
    'read where fresh counts stand',
    'get how far a log is counted',
    'count lost log lines',
    'update reminders alone',
    'take out a secret',
    'lapse approval',
    'decrypt through DynamoDB',
    'encrypt through DynamoDB',
  ],
  audit: [
    ...KNOWS_MEMBERS,
    'query revisions in a list',
    'get a tenant’s revision',
    'query what the audit log has of an item',
    'read the audit policy',
    'query audit',
    'query an audit chain',
    'query audit by day',
    'get audit records',
    'decrypt through DynamoDB',
    'read the key of heads',
    'read heads',
  ],
  'audit-gaps': [
    'query revisions in a list',
    'query what the audit log has of an item',
    'note a gap of the audit log',
    'read where a search goes on',
    'note where a search goes on',
    'decrypt through DynamoDB',
    'encrypt through DynamoDB',
  ],
  openapi: [],
  usage: [
    ...KNOWS_MEMBERS,
    ...GETS_CREDENTIALS,
    'get api',
    'get product',
    'get tenant',
    'get a tenant’s revision',
    'read last uses',
    'query list',
    'query revisions in a list',
    'query digests in a list',
    'query where people are mailed',
    'batch-get credentials',
    'query subscriptions',
    'read usage',
    'read what is fresh',
    'read where fresh counts stand',
    'get a summary',
    'get a receipt',
    'read why a request was refused',
    'decrypt through DynamoDB',
  ],
  'usage-consumer': [
    'put usage batch',
    'strike off what is owed of a batch',
    'put usage count',
    'count usage',
    'count refusal',
    'keep fresh counts',
    'move on where fresh counts stand',
    'delete fresh counts',
    'get usage count',
    'get counts and profiles',
    'get receipts',
    'query what has ended of late',
    'note in a receipt',
    'keep a profile',
    'read usage',
    'read what is fresh',
    'read where fresh counts stand',
    'get alert',
    'put alert',
    'get whose a credential is',
    'note a last use',
    'get recent uses',
    'note how far a log is counted',
    'keep a refusal',
    'count kept refusals',
    'send lost log lines',
    'count lost log lines',
    'decrypt through DynamoDB',
    'encrypt through DynamoDB',
  ],
  brake: [
    ...GETS_CREDENTIALS,
    'update credential',
    'update reminders alone',
    'decrypt through DynamoDB',
    'encrypt through DynamoDB',
  ],
  publisher: [
    'describe stream',
    'read stream position',
    'read stream',
    'read the regional stream',
    'list streams',
    'query an audit chain',
    'put audit record',
    'get what an item counts for',
    'keep what an item counts for',
    'add to a summary',
    'replace a summary',
    'note in a receipt',
    'publish event',
    'sign a head',
    'begin a stream of heads',
    'write a head',
    'send dead letter',
    'set an event aside',
    'decrypt through DynamoDB',
    'encrypt through DynamoDB',
  ],
  'pepper-rotation': [
    'read pepper',
    'describe pepper',
    'add pepper version',
    'make pepper version current',
    'decrypt through Secrets Manager',
    'encrypt through Secrets Manager',
  ],
  'token-claims': ['ask for a second factor', 'activate a second factor'],
  'demo-backend': ['ask to verify'],
};

/** What granted actions may go by, beyond those of SENSITIVE. */
const HARMLESS: readonly string[] = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
];

const functionsOf = (deployed: SynthesizedStacks) =>
  deployed.ofType('AWS::Lambda::Function').map((resource) => ({
    name: variable(resource, 'POWERTOOLS_SERVICE_NAME'),
    id: String(resource.PhysicalId),
    role: String(resource.Properties.Role),
    resource,
  }));
const functions = functionsOf(stacks);

function variable(resource: TemplateResource, name: string): string {
  const { Variables } = resource.Properties.Environment as { Variables: Record<string, string> };
  return Variables[name] ?? '';
}

describe('each function may do what it needs and nothing else', () => {
  test('every function has a row', () => {
    expect([...new Set(functions.map(({ name }) => name))].sort()).toEqual(Object.keys(MAY).sort());
  });

  test('no two functions share a role', () => {
    expect(new Set(functions.map(({ role }) => role)).size).toBe(functions.length);
  });

  for (const { name, id, role } of functions) {
    describe(`${name} (${id})`, () => {
      test('may do exactly this of all that is sensitive', () => {
        const allowed = Object.keys(SENSITIVE).filter((what) =>
          policies.allows(role, SENSITIVE[what as Sensitive]),
        );
        expect(allowed.sort()).toEqual([...new Set(MAY[name] ?? [])].sort());
      });

      test('is granted no action beyond those', () => {
        const listed = new Set<string>([
          ...(MAY[name] ?? []).map((what) => SENSITIVE[what].action),
          ...HARMLESS,
        ]);
        const granted = policies.statementsOf(role).flatMap(({ Action }) => [Action].flat() as string[]);
        expect(granted.filter((action) => !listed.has(action))).toEqual([]);
      });

      test('is granted on every resource only what has no resources', () => {
        const everywhere = policies
          .statementsOf(role)
          .filter(({ Resource }) => [Resource].flat().includes('*'))
          .flatMap(({ Action }) => [Action].flat() as string[]);
        const withoutResources = [
          'xray:PutTraceSegments',
          'xray:PutTelemetryRecords',
          ...(name === 'publisher' ? ['dynamodb:ListStreams'] : []),
        ];
        expect(everywhere.filter((action) => !withoutResources.includes(action))).toEqual([]);
      });
    });
  }
});

test('a transaction of usage is allowed whichever way IAM sees its keys: each action’s, or all of them', () => {
  const role = String(functions.find(({ name }) => name === 'usage-consumer')?.role);
  const keys = ['BATCH#a#0', 'USE#a', 'USE#tenant_a#live#secret', 'REFUSED#203.0.113.0/24', 'FRESH#0'];
  for (const action of ['PutItem', 'UpdateItem'] as const) {
    for (const pk of [keys, ...keys])
      expect([pk, policies.allows(role, dynamodb(action, usage, pk))]).toEqual([pk, true]);
    expect(policies.allows(role, dynamodb(action, usage, [...keys, 'ELSE#a']))).toBe(false);
  }
});

test('where imported keys are accepted, verify and reports find them, and nobody else may more', () => {
  const more: Readonly<Record<string, readonly Sensitive[]>> = {
    verify: ['batch-get aliases'],
    leaks: ['batch-get aliases'],
  };
  // Without the demonstration, whose authorizers are then told to accept them too.
  const accepting = synthesize({ acceptImportedKeys: true, mail: WHOLE.mail });
  const granted = new IamPolicies(accepting.resources);
  for (const { name, role, resource } of functionsOf(accepting)) {
    const allowed = Object.keys(SENSITIVE).filter((what) =>
      granted.allows(role, SENSITIVE[what as Sensitive]),
    );
    const expected = [...new Set([...(MAY[name] ?? []), ...(more[name] ?? [])])];
    expect([name, allowed.sort()]).toEqual([name, expected.sort()]);
    if (more[name] !== undefined) expect(variable(resource, ENV.acceptImportedKeys)).toBe('true');
  }
  for (const { name, resource } of functions) {
    if (more[name] !== undefined) expect(variable(resource, ENV.acceptImportedKeys)).toBe('false');
  }
});

describe('the audit table is append-only', () => {
  const everybody = [
    ...functions.map(({ role }) => role),
    `arn:aws:iam::${ACCOUNT_ID}:root`,
    `arn:aws:iam::${ACCOUNT_ID}:role/Admin`,
  ];
  const publisher = `arn:aws:iam::${ACCOUNT_ID}:role/keywright-publisher-${REGION}`;

  test.each([
    'update audit record',
    'delete audit record',
    'batch-write audit',
    'partiql-delete audit',
    'let audit records expire',
  ] as const)('nobody may %s, whatever else they may do', (what) => {
    for (const principal of everybody) {
      expect([principal, policies.deniesEvenTo(principal, SENSITIVE[what])]).toEqual([principal, true]);
    }
  });

  test('only the publisher may put a record', () => {
    expect(everybody).toContain(publisher);
    for (const principal of everybody) {
      const denied = policies.deniesEvenTo(principal, SENSITIVE['put audit record']);
      expect([principal, denied]).toEqual([principal, principal !== publisher]);
    }
  });

  test('no record can expire, unless the operator says when', () => {
    const { Properties } = stacks.one(
      'AWS::DynamoDB::GlobalTable',
      ({ TableName }) => TableName === 'keywright-audit',
    );
    expect(Properties.TimeToLiveSpecification).toBeUndefined();
  });
});

test('nobody but the publisher may sign a head, the account’s root neither', () => {
  const publisher = `arn:aws:iam::${ACCOUNT_ID}:role/keywright-publisher-${REGION}`;
  const roles = functions.map(({ role }) => role);
  expect(roles).toContain(publisher);
  for (const principal of [
    ...roles,
    ...['root', 'role/Admin'].map((it) => `arn:aws:iam::${ACCOUNT_ID}:${it}`),
  ]) {
    const denied = policies.deniesEvenTo(principal, SENSITIVE['sign a head']);
    expect([principal, denied]).toEqual([principal, principal !== publisher]);
  }
});

describe('a function that may use something is told where it is', () => {
  test.each([
    [
      'authorizer',
      [
        ENV.table,
        ENV.regionalTable,
        ENV.pepperSecret,
        ENV.apiId,
        ENV.cacheSeconds,
        ENV.staleSeconds,
        ENV.cacheEntries,
        ENV.vendor,
        ENV.keyUpkeep,
      ],
    ],
    ['keys', [ENV.table, ENV.usageTable, ENV.pepperSecret, ENV.vendor]],
    ['tenants', [ENV.table, ENV.vendor]],
    ['apis', [ENV.table, ENV.pepperSecret, ENV.secretsKey, ENV.vendor]],
    ['products', [ENV.table, ENV.secretsKey, ENV.vendor]],
    ['subscriptions', [ENV.table, ENV.usageTable, ENV.pepperSecret, ENV.secretsKey, ENV.vendor]],
    ['approvals', [ENV.table, ENV.usageTable, ENV.pepperSecret, ENV.secretsKey, ENV.vendor]],
    ['rotation', [ENV.table, ENV.usageTable, ENV.pepperSecret, ENV.secretsKey, ENV.vendor]],
    ['alerts', [ENV.table, ENV.vendor]],
    ['leaks', [ENV.table, ENV.pepperSecret, ENV.vendor]],
    ['sweep', [ENV.table, ENV.usageTable, ENV.usageDeadLetters]],
    ['audit', [ENV.table, ENV.auditTable, ENV.anchorKey, ENV.anchorLogGroup]],
    ['audit-gaps', [ENV.table, ENV.auditTable]],
    ['brake', [ENV.table]],
    [
      'publisher',
      [
        ENV.auditTable,
        ENV.auditRetentionDays,
        ENV.bus,
        ENV.anchorKey,
        ENV.anchorLogGroup,
        ENV.anchorArchive,
        ENV.setAsideQueue,
      ],
    ],
    ['pepper-rotation', [ENV.pepperSecret]],
    ['key-upkeep', [ENV.table, ENV.pepperSecret]],
    ['verify', [ENV.table, ENV.regionalTable, ENV.pepperSecret, ENV.keyUpkeep]],
    ['demo-backend', [ENV.verifyUrl, ENV.vendor]],
  ])('%s', (name, variables) => {
    for (const { resource } of functions.filter((fn) => fn.name === name)) {
      const { Variables } = resource.Properties.Environment as { Variables: Record<string, string> };
      expect(Object.keys(Variables)).toEqual(expect.arrayContaining([...variables]));
    }
  });
});
