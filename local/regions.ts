import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import * as z from 'zod';
import { RESOURCE } from '../core/contract/deployment.ts';
import { createGateway } from '../emulator/api-gateway/gateway.ts';
import { tableIn } from '../emulator/aws/dynamodb-table.ts';
import { type LinkState, RegionLink } from '../emulator/aws/replication.ts';
import { secretArnOf } from '../emulator/aws/secrets-manager.ts';
import { Topics } from '../emulator/aws/topics.ts';
import type { AwsServer } from '../emulator/aws-server.ts';
import { LogSubscriptions } from '../emulator/cloudwatch/log-subscriptions.ts';
import { Monitoring } from '../emulator/cloudwatch/monitoring.ts';
import { deploy } from '../emulator/deploy.ts';
import type { TemplateJudge } from '../emulator/iam/function-roles.ts';
import type { LogFiles } from '../emulator/log-files.ts';
import type { TemplateResource } from '../emulator/template/resources.ts';
import { type ResolvedTemplates, templatesIn } from '../emulator/template.ts';
import type { MovedConfig, RegionsConfig } from '../lib/config-parts.ts';
import { LOCAL_SEALING_KEY } from './configuration.ts';
import { servicesFolder } from './main-region.ts';
import { REPLICATION_PATH } from './settings.ts';

const VERIFY_API = 'keywright-verify';
const MOST_BYTES = 1_000;

const replicationInput = z.strictObject({
  delayMs: z.int().min(0).max(600_000).optional(),
  partitioned: z.boolean().optional(),
});

/** A Region beside the main one. */
export interface LocalRegion {
  readonly name: string;
  readonly aws: AwsServer;
  readonly link: RegionLink;
}

interface Account {
  readonly accountId: string;
  /** The main Region. */
  readonly home: string;
}

/** The key of a Region's copies, as an operator would make one. */
function keyIn({ accountId, region }: { readonly accountId: string; readonly region: string }): string {
  return `arn:aws:kms:${region}:${accountId}:key/00000000-0000-4000-8000-000000000001`;
}

/** `regions` of the configuration, with keys that nobody has to make. */
export function regionsConfig({ accountId, home }: Account, others: readonly string[]): RegionsConfig {
  const keys = others.map((region) => ({ region, keyArn: keyIn({ accountId, region }), sealed: true }));
  return [home, ...keys];
}

/** `moved` of the configuration: what the Region that took over has of the one before. */
export function movedConfig({ accountId, home }: Account): MovedConfig {
  return {
    keyArn: keyIn({ accountId, region: home }),
    streamArn: `arn:aws:dynamodb:${home}:${accountId}:table/${RESOURCE.table}/stream/2026-01-01T00:00:00.000`,
    pepperArn: secretArnOf(RESOURCE.pepperSecret, home),
  };
}

/** What takes the main Region's calls to another one, unless nothing comes through; undefined for none of these. */
export function toRegion(regions: readonly LocalRegion[], name: string): RequestListener | undefined {
  const region = regions.find((each) => each.name === name);
  return region && across(region.link, region.aws.listener);
}

function across(link: RegionLink, listener: RequestListener): RequestListener {
  return (request, response) => {
    if (link.state.partitioned) request.socket.destroy();
    else listener(request, response);
  };
}

/** Starts a Region's AWS services; what is signed for the main Region goes there, unless nothing comes through. */
export async function startRegionServices(
  name: string,
  {
    main,
    home,
    dataDir,
    now,
    log,
  }: {
    readonly main: AwsServer;
    readonly home: string;
    readonly dataDir: string;
    readonly now: () => Date;
    readonly log: (line: string) => void;
  },
): Promise<LocalRegion> {
  const link = new RegionLink();
  const toMain = across(link, main.listener);
  const { startAwsServer } = await import('../emulator/aws-server.ts');
  const aws = await startAwsServer({
    dataDir: servicesFolder(dataDir, name),
    region: name,
    elsewhere: (region) => (region === home ? toMain : undefined),
    ...{ credentials: main.credentials, functions: main.functions, now, log },
  });
  aws.kms.replicate(LOCAL_SEALING_KEY, main.kms);
  return { name, aws, link };
}

interface RegionOptions {
  /** Of all Regions. */
  readonly templates: ResolvedTemplates;
  readonly accountId: string;
  readonly judge: TemplateJudge | undefined;
  readonly logs: LogFiles;
  readonly verifyPort: number;
  readonly now: () => Date;
}

/** Deploys a Region's stacks: listeners for its protected APIs, and for `verify` alone. */
export async function deployRegion({ name, aws }: LocalRegion, options: RegionOptions) {
  const { accountId, judge, logs, now } = options;
  const templates = templatesIn(name, options.templates);
  const log = logs.writer('server');
  const accessLog = logs.writer('access');
  const topics = new Topics(resourcesOf(templates), { now, log });
  const alarmLog = logs.writer('alarms');
  const monitoring = new Monitoring(templates, {
    ...{ now, topics },
    onAlarm: (alarm) => alarmLog(JSON.stringify({ region: name, ...alarm })),
    queueDepth: (queue) => aws.queueDepth(queue),
    mails: () => [],
  });
  const { sendMessage, putRecord } = aws;
  const subscriptions = new LogSubscriptions(templates, { region: name, now, log, sendMessage, putRecord });
  const common = { aws, region: name, logs, monitoring, subscriptions, now, topics };
  const managementUrl = `http://localhost:${options.verifyPort}`;
  const deployment = await deploy(templates, { ...common, managementUrl });
  const gateway = createGateway({
    ...{ stacks: templates.stacks, region: name, accountId, invoke: deployment.invoke, now },
    signers: [aws.credentials, ...aws.functions.signers()],
    mayInvoke: (roleArn, resource) =>
      judge === undefined || judge.decide(roleArn, { action: 'execute-api:Invoke', resource }) === 'allowed',
    accessLog: (line, destinationArn) => {
      accessLog(line.trimEnd());
      subscriptions.writeAccess(destinationArn, line);
    },
    onAnswer: (apiName, status) => monitoring.answered(apiName, status),
    onFault: (error) => log(`api-gateway: ${error instanceof Error ? error.stack : error}`),
  });
  return {
    ...{ gateway: gateway.listener, verify: gateway.listenerFor(VERIFY_API) },
    // What was logged is delivered before the functions are gone.
    opened: [monitoring, deployment, subscriptions],
  };
}

/** Copies that no stack declares any more as resources of a template: as they are in a Region, under its key. */
export function adoptedTables(
  { dynamodb }: Pick<AwsServer, 'dynamodb'>,
  at: Parameters<typeof keyIn>[0],
): TemplateResource[] {
  const copies = dynamodb.declared().map((table) => tableIn(at.region, table));
  return copies.map(({ Replicas = [], ...table }) => ({
    Type: 'AWS::DynamoDB::GlobalTable',
    PhysicalId: table.TableName,
    Arn: `arn:aws:dynamodb:${at.region}:${at.accountId}:table/${table.TableName}`,
    Properties: {
      ...table,
      Replicas: Replicas.map((each) => ({ ...each, SSESpecification: { KMSMasterKeyId: keyIn(at) } })),
    },
    Metadata: {},
  }));
}

/** The resources of all stacks. */
export function resourcesOf({ stacks }: ResolvedTemplates) {
  return stacks.flatMap((stack) => Object.values(stack.resources));
}

/**
 * Shows and sets what lies between the Regions, and passes on all else. A page in a browser can't: it would say where it
 * is from.
 */
export function replicationListener(
  regions: readonly Pick<LocalRegion, 'name' | 'link'>[],
  rest: RequestListener,
): RequestListener {
  return (incoming, response) => {
    if (regions.length === 0 || incoming.url !== REPLICATION_PATH) return rest(incoming, response);
    answer(regions, incoming).then(
      ({ status, body }) => send(response, status, body),
      () => send(response, 400, { message: 'The body could not be read.' }),
    );
  };
}

async function answer(
  regions: readonly Pick<LocalRegion, 'name' | 'link'>[],
  incoming: IncomingMessage,
): Promise<{ status: number; body: object }> {
  const state = () => Object.fromEntries(regions.map(({ name, link }) => [name, link.state]));
  if (incoming.method === 'GET') return { status: 200, body: state() };
  if (incoming.method !== 'POST') return { status: 405, body: { message: 'GET or POST' } };
  if (incoming.headers.origin !== undefined)
    return { status: 403, body: { message: 'Pages may not set this; use curl.' } };
  const input = replicationInput.safeParse(await jsonIn(incoming));
  if (!input.success) {
    const message = `Expected {"delayMs": 0 to 600000, "partitioned": true or false}, either or both: ${z.prettifyError(input.error)}`;
    return { status: 400, body: { message } };
  }
  const { delayMs, partitioned } = input.data;
  const set: Partial<LinkState> = {
    ...(delayMs !== undefined && { delayMs }),
    ...(partitioned !== undefined && { partitioned }),
  };
  for (const { link } of regions) link.set(set);
  return { status: 200, body: state() };
}

async function jsonIn(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > MOST_BYTES) return undefined;
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}
