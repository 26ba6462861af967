import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TemplateResource } from '../emulator/template/resources.ts';
import { readTemplates } from '../emulator/template.ts';
import { keywrightApp } from '../lib/app.ts';
import { parseConfig } from '../lib/config.ts';
import { ACCESS_LOG } from '../lib/constructs/access-log.ts';

/** List prices of us-east-1 in US dollars, without free tiers and discounts. */
const PRICES_OF = '2026-06';
const PRICE = {
  kmsKey: 1,
  secret: 0.4,
  alarmMetric: 0.1,
  customMetric: 0.3,
  dashboard: 3,
  webAcl: 5,
  webAclRule: 1,
  webAclRequest: 0.6e-6,
  invocation: 0.2e-6,
  gibibyteSecond: 13.3334e-6,
  readUnit: 0.125e-6,
  writeUnit: 0.625e-6,
  httpApiRequest: 1e-6,
  restApiRequest: 3.5e-6,
  logGibibyte: 0.5,
  firehoseGibibyte: 0.029,
  event: 1e-6,
  signature: 15e-6,
  encryption: 3e-6,
  storedGibibyte: 0.25,
  restorableGibibyte: 0.2,
};
const MONTH_MINUTES = 30 * 24 * 60;
const MILLION = 1_000_000;
const SUBSCRIPTIONS = 10_000;
const GIBIBYTE = 2 ** 30;
/** Of the consumer, with `usageFiles`. */
const FILES_GIBIBYTES = 2;

/** What the template can't say. Measured where a bench measures it, and else chosen on the dear side. */
const ASSUMED = {
  decisionSeconds: 0.002,
  readUnitsPerDecision: 0.5,
  linesPerDelivery: 100,
  countsPerDelivery: 10,
  consumerSeconds: 0.1,
  sweepSeconds: 0.3,
  managementSeconds: 0.1,
  publisherSeconds: 0.1,
  eventTypesSeen: 10,
  subscriptionKilobytes: 2,
  copiesInIndexes: 2,
  writeUnitsFromFiles: 0.046,
  linesInFile: 178_956,
  readUnitsFromFiles: 0.125,
  consumerSecondsOfFile: 18,
};
/** Firehose bills a record as so many bytes at least. */
const RECORD_BYTES = 5 * 1024;

interface Part {
  readonly name: string;
  readonly how: string;
  readonly dollars: number;
}

/** docs/operate/cost.md, computed from the synthesized templates. `npm run docs:cost` writes it. */
export function costPage(): string {
  const { own, demo } = synthesized();
  return `${INTRODUCTION}
## Idle

What is there costs, whether or not anybody calls. A month has 30 days; the demonstration is not in it.

${table(idleParts(own), 'a month')}

## A million requests

To protected APIs, beside the backend. What API Gateway takes is in the last row: it is paid with any authorizer.

### HTTP API

${table(requestParts([...own, ...demo], 'http'), 'per million')}

### REST API

${table(requestParts([...own, ...demo], 'rest'), 'per million')}

### REST API, lines straight to files

With \`usageFiles\` and [\`straightToFiles\`](../use/usage.md#rest-apis-straight-to-files), at 10,000 requests a second of 10,000 keys; all but the gateway is ${withoutGateway(straightParts([...own, ...demo]))} $.

${table(straightParts([...own, ...demo]), 'per million')}

## A million changes

Creations, rotations, revocations and the like by the management API: each is one write with its event, which is published, kept twice, chained and signed.

${table(changeParts(own), 'per million')}

## Ten thousand subscriptions

With two keys each, which people can be shown: what they take in the table, and what it costs that each has one key regenerated and both shown in a month. One subscription is a ten-thousandth of it, far below 0.01 $.

${table(subscriptionParts(own), 'a month')}

${ASSUMPTIONS}`;
}

/** The resources of Keywright's own stacks, and those of the demonstration, whose authorizers are as anybody's. */
function synthesized(): Record<'own' | 'demo', readonly TemplateResource[]> {
  const outdir = mkdtempSync(join(tmpdir(), 'keywright-cost-'));
  try {
    const target = { region: 'us-east-1', accountId: '111122223333' };
    const { stacks } = readTemplates(keywrightApp(parseConfig({ demo: true }), { outdir }), target);
    const resourcesOf = (isDemo: boolean) =>
      stacks
        .filter(({ name }) => (name === 'KeywrightDemo') === isDemo)
        .flatMap((stack) => Object.values(stack.resources));
    return { own: resourcesOf(false), demo: resourcesOf(true) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const ofType = (resources: readonly TemplateResource[], type: string) =>
  resources.filter(({ Type }) => Type === type);

function idleParts(resources: readonly TemplateResource[]): Part[] {
  const count = (type: string) => ofType(resources, type).length;
  const alarmMetrics = ofType(resources, 'AWS::CloudWatch::Alarm')
    .map(
      ({ Properties }) =>
        (Properties.Metrics as { MetricStat?: unknown }[] | undefined) ?? [{ MetricStat: 1 }],
    )
    .reduce((sum, queries) => sum + queries.filter(({ MetricStat }) => MetricStat).length, 0);
  const rules = ofType(resources, 'AWS::WAFv2::WebACL').reduce(
    (sum, { Properties }) => sum + (Properties.Rules as unknown[]).length,
    0,
  );
  const runs = MONTH_MINUTES / 5;
  const sweep = runs * (PRICE.invocation + computeOf(resources, 'sweep', ASSUMED.sweepSeconds));
  const asked = runs * 16 * 0.5 * PRICE.readUnit;
  const keys = count('AWS::KMS::Key');
  const secrets = count('AWS::SecretsManager::Secret');
  return [
    part(
      'Web ACL',
      `1 and ${rules} rules; none with \`webAcl: false\``,
      count('AWS::WAFv2::WebACL') * PRICE.webAcl + rules * PRICE.webAclRule,
    ),
    part('Alarms', `${alarmMetrics} metrics that alarms watch`, alarmMetrics * PRICE.alarmMetric),
    part(
      'Metrics of our own',
      `${ASSUMED.eventTypesSeen} types of audit event seen in the month`,
      ASSUMED.eventTypesSeen * PRICE.customMetric,
    ),
    part(
      'Dashboard',
      `${count('AWS::CloudWatch::Dashboard')}; an account’s first three are free`,
      count('AWS::CloudWatch::Dashboard') * PRICE.dashboard,
    ),
    part('Keys', `${keys} of KMS; each of the first two rotations adds as much`, keys * PRICE.kmsKey),
    part('Secrets', `${secrets}`, secrets * PRICE.secret),
    part('Sweep', 'every five minutes, 16 partitions', sweep + asked),
  ];
}

function requestParts(resources: readonly TemplateResource[], kind: 'http' | 'rest'): Part[] {
  const line = lineBytes(ACCESS_LOG[kind]);
  const deliveries = MILLION / ASSUMED.linesPerDelivery;
  const consumer = PRICE.invocation + computeOf(resources, 'usage-consumer', ASSUMED.consumerSeconds);
  // A transaction's write is two units for each KB.
  const counts = (ASSUMED.countsPerDelivery + 1) * 2 * PRICE.writeUnit;
  return [
    ...decisionParts(resources),
    part('Access log', `a line of some ${line} bytes`, (MILLION * line * PRICE.logGibibyte) / GIBIBYTE),
    part(
      'Usage',
      `deliveries of ${ASSUMED.linesPerDelivery} lines, ${ASSUMED.countsPerDelivery} counts each`,
      deliveries * (consumer + counts),
    ),
    part('API Gateway', kind === 'http' ? 'HTTP API' : 'REST API', MILLION * PRICE[`${kind}ApiRequest`]),
  ];
}

function decisionParts(resources: readonly TemplateResource[]): Part[] {
  const decision = PRICE.invocation + computeOf(resources, 'authorizer', ASSUMED.decisionSeconds);
  return [
    part('Decision: Lambda', `a call of ${ASSUMED.decisionSeconds * 1000} ms`, MILLION * decision),
    part(
      'Decision: DynamoDB',
      `${ASSUMED.readUnitsPerDecision} read units`,
      MILLION * ASSUMED.readUnitsPerDecision * PRICE.readUnit,
    ),
  ];
}

function straightParts(resources: readonly TemplateResource[]): Part[] {
  const files = MILLION / ASSUMED.linesInFile;
  const compute = FILES_GIBIBYTES * ASSUMED.consumerSecondsOfFile * PRICE.gibibyteSecond;
  const counting =
    ASSUMED.writeUnitsFromFiles * PRICE.writeUnit + ASSUMED.readUnitsFromFiles * PRICE.readUnit;
  return [
    ...decisionParts(resources),
    part(
      'Access log',
      'Firehose, each line as 5 KB',
      (MILLION * RECORD_BYTES * PRICE.firehoseGibibyte) / GIBIBYTE,
    ),
    part(
      'Usage',
      `files of 128 MB, ${1000 * ASSUMED.writeUnitsFromFiles} write units per 1,000 requests`,
      MILLION * counting + files * (PRICE.invocation + compute),
    ),
    part('API Gateway', 'REST API', MILLION * PRICE.restApiRequest),
  ];
}

function withoutGateway(parts: readonly Part[]): string {
  return parts
    .reduce((sum, { name, dollars }) => (name === 'API Gateway' ? sum : sum + dollars), 0)
    .toFixed(2);
}

function changeParts(resources: readonly TemplateResource[]): Part[] {
  const lambda = (name: string, seconds: number) =>
    MILLION * (PRICE.invocation + computeOf(resources, name, seconds));
  // Table, and each index that holds the item; then a record and a link, in a transaction.
  const writes = MILLION * (2 + 1 + 2 * 2) * 2 * PRICE.writeUnit;
  return [
    part(
      'Management: API Gateway and Lambda',
      'an HTTP API’s request',
      MILLION * PRICE.httpApiRequest + lambda('keys', ASSUMED.managementSeconds),
    ),
    part('DynamoDB', 'item, index, audit record and link, 2 KB each', writes),
    part(
      'Publisher: Lambda',
      'an event at a time; batches cost less',
      lambda('publisher', ASSUMED.publisherSeconds),
    ),
    part('Bus', 'one event, archived for a year at 0.10 $ a GB besides', MILLION * PRICE.event),
    part('Signed heads', 'one for each batch of a tenant', MILLION * PRICE.signature),
  ];
}

function part(name: string, how: string, dollars: number): Part {
  return { name, how, dollars };
}

/** What Lambda bills for this long of the function, by the memory that the template gives it. */
function subscriptionParts(resources: readonly TemplateResource[]): Part[] {
  const gibibytes = (SUBSCRIPTIONS * ASSUMED.subscriptionKilobytes * 1024) / GIBIBYTE;
  const stored = PRICE.storedGibibyte * (1 + ASSUMED.copiesInIndexes) + PRICE.restorableGibibyte;
  const change = changeParts(resources).reduce((sum, { dollars }) => sum + dollars, 0) / MILLION;
  return [
    part('Storage', `${ASSUMED.subscriptionKilobytes} KB each, its copies and backups`, gibibytes * stored),
    part('KMS', 'one text sealed, two opened', SUBSCRIPTIONS * 3 * PRICE.encryption),
    part('Changes', 'a regeneration and a showing', SUBSCRIPTIONS * 2 * change),
  ];
}

function computeOf(resources: readonly TemplateResource[], service: string, seconds: number): number {
  const found = ofType(resources, 'AWS::Lambda::Function').find(({ Properties }) => {
    const { Variables } = Properties.Environment as { Variables: Record<string, string> };
    return Variables.POWERTOOLS_SERVICE_NAME === service;
  });
  if (found === undefined) throw new Error(`no template declares the function ${service}`);
  return (Number(found.Properties.MemorySize) / 1024) * seconds * PRICE.gibibyteSecond;
}

/** A line's length with values as long as they usually are, and what CloudWatch Logs adds to each event. */
function lineBytes(format: string): number {
  const EVENT_BYTES = 26;
  return Buffer.byteLength(format.replaceAll(/\$context\.[\w.]+/g, 'x'.repeat(16))) + EVENT_BYTES;
}

function table(parts: readonly Part[], unit: string): string {
  const rows = parts.map(({ name, how, dollars }) => `| ${name} | ${how} | ${dollars.toFixed(2)} $ |`);
  const sum = parts.reduce((total, { dollars }) => total + dollars, 0);
  return [`| part | | ${unit} |`, '|---|---|---|', ...rows, `| **all** | | **${sum.toFixed(2)} $** |`].join(
    '\n',
  );
}

const INTRODUCTION = `# What it costs

Computed from the synthesized templates by \`npm run docs:cost\`; a test holds the page to them. Prices are AWS’s list prices of us-east-1 as published by ${PRICES_OF}, without free tiers and discounts; other Regions differ by a tenth or two. Storage is not in it: 0.25 $ a GB and month of DynamoDB, 0.20 $ of its point-in-time recovery, 0.03 $ of CloudWatch Logs.
`;

const ASSUMPTIONS = `## What is assumed

The templates say how many of each thing there are and how much memory functions have. How long these run and how much they read is measured in [performance.md](performance.md) and [scale.md](scale.md), or taken on the dear side:

| | |
|---|---|
${Object.entries(ASSUMED)
  .map(
    ([name, value]) =>
      `| ${name.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`)} | ${value} |`,
  )
  .join('\n')}

*Usage* is what keys cost that have several requests in a delivery of log lines. Of 10,000 keys that call once a minute each request costs a count of its own: 3.40 $ per million and more, and from files ([\`usageFiles\`](configure.md)) 0.20 $, with 15 minutes 0.14 $ ([measured](performance.md#usage-and-findings), [why](../decisions/0119-usage-is-counted-from-files-where-asked.md)). Files cost nothing while nobody calls but three alarms, 0.30 $ a month, and 0.023 $ a GB and month of S3, packed to a tenth.

Refused requests write a line of the authorizer’s log besides, and with the web ACL on each report of a leaked key costs ${(MILLION * PRICE.webAclRequest).toFixed(2)} $ per million more. Limits (\`keywrightGuard\`, \`POST /v1/verify\`) cost what [guard/README.md](../../guard/README.md) says. Mails of alarms, the user pool’s people (0.015 $ each above 10,000) and data transfer are not in it.
`;

if (import.meta.main) writeFileSync(new URL('../docs/operate/cost.md', import.meta.url), costPage());
