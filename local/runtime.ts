import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { buildPortal } from '../bin/portal-build.ts';
import { RESOURCE } from '../core/contract/deployment.ts';
import { createGateway } from '../emulator/api-gateway/gateway.ts';
import { replicateSecret } from '../emulator/aws/replication.ts';
import { Topics } from '../emulator/aws/topics.ts';
import { newCredentials, writeAwsAccess } from '../emulator/aws-access.ts';
import { LogSubscriptions } from '../emulator/cloudwatch/log-subscriptions.ts';
import { Monitoring } from '../emulator/cloudwatch/monitoring.ts';
import { carryOutCustomResources } from '../emulator/custom-resources.ts';
import { lockDataFolder } from '../emulator/data-folder.ts';
import { type Deployment, deploy, startFunctions } from '../emulator/deploy.ts';
import { TemplateJudge } from '../emulator/iam/function-roles.ts';
import { serviceRefusals } from '../emulator/iam/service-access.ts';
import { checkPortsFree, close, listen } from '../emulator/listen.ts';
import { openLogFiles } from '../emulator/log-files.ts';
import { loopbackServer } from '../emulator/loopback-server.ts';
import { StartError } from '../emulator/start-error.ts';
import { readTemplates, templatesIn } from '../emulator/template.ts';
import { cloudAssembly } from './cloud-assembly.ts';
import { LOCAL_MAIL_DOMAIN, LOCAL_SEALING_KEY, localConfig } from './configuration.ts';
import { frontListener } from './front.ts';
import { AUDIENCE } from './identity/access-token.ts';
import { seedPortalSecret } from './identity/portal-client.ts';
import { customResourcesFile, hasMoved, moveControlPlane, servicesFolder } from './main-region.ts';
import {
  adoptedTables,
  deployRegion,
  type LocalRegion,
  movedConfig,
  regionsConfig,
  replicationListener,
  resourcesOf,
  startRegionServices,
  toRegion,
} from './regions.ts';
import type { Settings } from './settings.ts';

const ACCOUNT_ID = '000000000000';

/** Longer than a function may run. */
const LONGEST_RESOURCE_MILLISECONDS = 150_000;

/** All of Keywright on this machine. */
export interface Runtime {
  /** What keys begin with. */
  readonly vendor: string;
  readonly urls: { readonly management: string; readonly identity: string; readonly gateway: string };
  /**
   * Opens one more API Gateway for the protected APIs, in front of execution environments of its own, as
   * a busy Region has them. Returns its address.
   */
  openGateway(): Promise<string>;
  /** Ends everything at once. What has been acknowledged is on disk already. */
  close(): Promise<void>;
}

type Opened = { close(): void | Promise<void> }[];

/**
 * Starts the deployed stacks on local servers: identity, AWS services, functions, and API Gateway in
 * front of them.
 * @throws StartError for a port in use, a data folder in use or damaged
 */
export async function startRuntime(settings: Settings, now: () => Date): Promise<Runtime> {
  const opened: Opened = [];
  const close = async () => {
    for (const part of opened.splice(0).reverse()) await part.close();
  };
  try {
    const services = await startServices(settings, now, opened);
    const gateways = await openGateways(services, settings, now, opened);
    // They may call what is behind the gateways.
    const region = settings.mainRegion;
    await carryOutCustomResources(services.templates, {
      deployment: services.deployment,
      ...{ region, accountId: ACCOUNT_ID, longestWaitMilliseconds: LONGEST_RESOURCE_MILLISECONDS },
      path: customResourcesFile(settings.dataDir, region),
      log: services.common.logs.writer('server'),
    });
    return { ...gateways, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startServices(settings: Settings, now: () => Date, opened: Opened) {
  const { dataDir, port, identityPort, gatewayPort, issuer, otherRegions, consistency } = settings;
  const region = settings.mainRegion;
  // The AWS services go by it, as the functions do.
  process.env.AWS_REGION = region;
  opened.push(lockDataFolder(dataDir));
  const otherPorts = otherRegions.flatMap((other) => [other.gatewayPort, other.verifyPort]);
  await checkPortsFree([port, identityPort, gatewayPort, ...otherPorts]);
  moveControlPlane(dataDir, region);
  const logs = openLogFiles(join(dataDir, 'logs'));
  opened.push(logs);
  const log = logs.writer('server');

  const portalUrl = `http://localhost:${port}`;
  const apiOrigin = `http://localhost:${gatewayPort}`;
  const names = otherRegions.map(({ name }) => name);
  const home = { accountId: ACCOUNT_ID, home: region };
  const moved = hasMoved(dataDir) ? movedConfig(home) : null;
  const regions = names.length === 0 && moved === null ? null : regionsConfig(home, names);
  const here = { issuer, audience: AUDIENCE, apiOrigin, portalUrl, regions, moved, consistency };
  const { vendor } = localConfig(here);
  const synthesizing = cloudAssembly(dataDir, here);
  // It is waited for below; until then a failure of another part comes first.
  synthesizing.catch(() => undefined);
  // Pages wait for it, and nothing else does.
  const portal = buildPortal().then(
    () => undefined,
    (error) => log(`The portal can't be built: ${error.stderr || error}`),
  );
  // The libraries behind them take a second to load, which is better spent while synthesis runs beside it.
  const [{ startIdentity }, { startAwsServer }] = await Promise.all([
    import('./identity/server.ts'),
    import('../emulator/aws-server.ts'),
  ]);
  opened.push(await startIdentity({ dataDir, port: identityPort, portalUrl, now, log }));
  const credentials = newCredentials();
  const others: LocalRegion[] = [];
  const aws = await startAwsServer({
    dataDir: servicesFolder(dataDir, region),
    elsewhere: (name) => toRegion(others, name),
    credentials,
    now,
    log,
    mailIdentities: [LOCAL_MAIL_DOMAIN],
  });
  opened.push(aws);
  writeAwsAccess(dataDir, { url: aws.url, region, ...credentials });
  aws.createKey(LOCAL_SEALING_KEY, {});
  // What the stacks make a secret for, as an operator would put it there.
  aws.createSecret({ Name: RESOURCE.portalClientSecret, SecretString: seedPortalSecret(dataDir) });
  for (const name of names) {
    const other = await startRegionServices(name, { main: aws, home: region, dataDir, now, log });
    opened.push(other.aws);
    others.push(other);
  }
  const target = { region, accountId: ACCOUNT_ID };
  const all = readTemplates(await synthesizing, target, settings.apps);
  const templates = templatesIn(region, all);
  const resources = resourcesOf(all);
  let judge: TemplateJudge | undefined;
  if (settings.iam === 'enforce') {
    const judged = logs.writer('iam');
    const account = { region, accountId: ACCOUNT_ID };
    const refusals = serviceRefusals(resources, account);
    if (refusals.length > 0) throw new StartError(`IAM: ${refusals.join('; ')}.`);
    const judgeIn = (region: string) => {
      const adopted = moved === null ? [] : adoptedTables(aws, { ...account, region });
      // Roles are everywhere; of what has one name in each Region, the Region's own.
      const found = [...adopted, ...resources, ...resourcesOf(templatesIn(region, all))];
      return new TemplateJudge(found, { ...account, region }, (judgement) =>
        judged(JSON.stringify(judgement)),
      );
    };
    judge = judgeIn(region);
    aws.judgeBy(judge);
    for (const other of others) other.aws.judgeBy(judgeIn(other.name));
  }
  const topics = new Topics(resourcesOf(templates), { now, log });
  const alarmLog = logs.writer('alarms');
  const monitoring = new Monitoring(templates, {
    now,
    topics,
    onAlarm: (alarm) => alarmLog(JSON.stringify(alarm)),
    queueDepth: (name) => aws.queueDepth(name),
    mails: () => aws.mails(),
  });
  opened.push(monitoring);
  // What AWS's services say of themselves is on the default bus; the log that alarms count is Keywright's.
  aws.onEvent((event, bus) => {
    if (bus !== 'default') monitoring.event(event);
  });
  const { sendMessage, putRecord } = aws;
  const subscriptions = new LogSubscriptions(templates, { region, now, log, sendMessage, putRecord });
  const common = { aws, region, managementUrl: portalUrl, logs, monitoring, subscriptions };
  const copies = new Map(others.map((other) => [other.name, other]));
  const deployment = await deploy(templates, { ...common, now, topics, others: copies });
  opened.push(deployment);
  // No stack declares its copies any more, so they are made by hand, as on AWS.
  if (moved !== null)
    for (const { aws: to, link } of others)
      opened.push(replicateSecret(RESOURCE.pepperSecret, aws, { to, link }));
  // Closed before the functions are: what was logged is delivered first.
  opened.push(subscriptions);
  return { vendor, all, templates, common, deployment, portal, judge, others };
}

async function openGateways(
  {
    vendor,
    all,
    templates,
    common,
    deployment,
    portal,
    judge,
    others,
  }: Awaited<ReturnType<typeof startServices>>,
  { port, gatewayPort, issuer, otherRegions, mainRegion: region }: Settings,
  now: () => Date,
  opened: Opened,
): Promise<Omit<Runtime, 'close'>> {
  const { aws, logs, monitoring, subscriptions } = common;
  const log = logs.writer('server');
  const accessLog = logs.writer('access');
  const gatewayBefore = ({ invoke }: Pick<Deployment, 'invoke'>) =>
    createGateway({
      stacks: templates.stacks,
      region,
      accountId: ACCOUNT_ID,
      invoke,
      signers: [aws.credentials, ...aws.functions.signers()],
      mayInvoke: (roleArn, resource) =>
        judge === undefined ||
        judge.decide(roleArn, { action: 'execute-api:Invoke', resource }) === 'allowed',
      findApiKey: (value) => aws.apiKey(value),
      accessLog: (line, destinationArn) => {
        accessLog(line.trimEnd());
        subscriptions.writeAccess(destinationArn, line);
      },
      onAnswer: (apiName, status) => monitoring.answered(apiName, status),
      onFault: (error) => log(`api-gateway: ${error instanceof Error ? error.stack : error}`),
      now,
    });
  const serve = async (listener: RequestListener, at: number) => {
    const server = loopbackServer({}, listener);
    const taken = await listen(server, at);
    opened.push({ close: () => close(server) });
    return `http://localhost:${taken}`;
  };
  const gateway = gatewayBefore(deployment);
  const onFault = (error: unknown) => log(`cloudfront: ${error instanceof Error ? error.stack : error}`);
  const front = frontListener({
    ...{ templates, gateway, portal, now, onFault },
    textOfSecret: (secretId) => aws.textOfSecret(secretId),
  });
  for (const [i, other] of others.entries()) {
    const { gatewayPort: at, verifyPort } = otherRegions[i] ?? { gatewayPort: 0, verifyPort: 0 };
    const there = await deployRegion(other, {
      ...{ templates: all, accountId: ACCOUNT_ID, judge, logs, verifyPort, now },
    });
    opened.push(...there.opened);
    await serve(there.gateway, at);
    await serve(there.verify, verifyPort);
  }
  return {
    vendor,
    urls: {
      management: await serve(replicationListener(others, monitoring.listener(front)), port),
      identity: issuer,
      gateway: await serve(gateway.listener, gatewayPort),
    },
    async openGateway() {
      const functions = startFunctions(templates, common);
      opened.push(functions);
      return serve(gatewayBefore(functions).listener, 0);
    },
  };
}
