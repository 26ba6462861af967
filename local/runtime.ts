import { createServer } from 'node:http';
import { join } from 'node:path';
import { createGateway } from './api-gateway/gateway.ts';
import { startAwsServer } from './aws-server.ts';
import { cloudAssembly } from './cloud-assembly.ts';
import { lockDataFolder } from './data-folder.ts';
import { deploy } from './deploy.ts';
import { AUDIENCE } from './identity/access-token.ts';
import { startIdentity } from './identity/server.ts';
import { checkPortsFree, close, listen } from './listen.ts';
import { openLogFiles } from './log-files.ts';
import type { Settings } from './settings.ts';
import { readTemplates } from './template.ts';

const ACCOUNT_ID = '000000000000';
/** ARNs of the data folder hold it, so it does not follow the shell's AWS_REGION. */
const REGION = 'eu-central-1';

/** All of Keywright on this machine. */
export interface Runtime {
  readonly urls: { readonly management: string; readonly identity: string; readonly gateway: string };
  /** Ends everything at once. What has been acknowledged is on disk already. */
  close(): Promise<void>;
}

/**
 * Starts the deployed stacks on local servers: identity, AWS services, functions, and API Gateway in
 * front of them.
 * @throws StartError for a port in use, a data folder in use or damaged
 */
export async function startRuntime(settings: Settings, now: () => Date): Promise<Runtime> {
  const { dataDir, port, identityPort, gatewayPort, issuer } = settings;
  process.env.AWS_REGION = REGION;
  const opened: { close(): void | Promise<void> }[] = [];
  const closeAll = async () => {
    for (const part of opened.splice(0).reverse()) await part.close();
  };
  try {
    opened.push(lockDataFolder(dataDir));
    await checkPortsFree([port, identityPort, gatewayPort]);
    const logs = openLogFiles(join(dataDir, 'logs'));
    opened.push(logs);
    const log = logs.writer('server');

    const url = `http://localhost:${port}`;
    const synthesizing = cloudAssembly(dataDir, { issuer, audience: AUDIENCE });
    // It is waited for below; until then a failure of another part comes first.
    synthesizing.catch(() => undefined);
    const identity = await startIdentity({ dataDir, port: identityPort, portalUrl: url, now, log });
    opened.push(identity);
    const aws = await startAwsServer({ dataDir: join(dataDir, 'aws'), now, log });
    opened.push(aws);
    const templates = readTemplates(await synthesizing, { region: REGION, accountId: ACCOUNT_ID });
    const deployment = await deploy(templates, { aws, region: REGION, logs });
    opened.push(deployment);

    const gateway = createGateway({
      stacks: templates.stacks,
      region: REGION,
      accountId: ACCOUNT_ID,
      invoke: deployment.invoke,
      accessLog: logs.writer('access'),
      onFault: (error) => log(`api-gateway: ${error instanceof Error ? error.stack : error}`),
      now,
    });
    for (const [listener, at] of [
      [gateway.listenerFor('keywright-management'), port],
      [gateway.listener, gatewayPort],
    ] as const) {
      const server = createServer(listener);
      await listen(server, at);
      opened.push({ close: () => close(server) });
    }
    return {
      urls: { management: url, identity: identity.issuer, gateway: `http://localhost:${gatewayPort}` },
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
