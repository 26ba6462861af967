import { mkdtempSync, rmSync } from 'node:fs';
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { TemplateStack } from '../../emulator/template/resources.ts';
import { readTemplates } from '../../emulator/template.ts';

export const TARGET = { region: 'eu-central-1', accountId: '000000000000' };

/** Synthesizes one stack and reads it back, as `npm start` does with the whole app. */
export function synthesizeStack(build: (stack: Stack) => void): readonly TemplateStack[] {
  const outdir = mkdtempSync(join(tmpdir(), 'keywright-gateway-'));
  try {
    const app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false });
    build(new Stack(app, 'Test'));
    return readTemplates(app, TARGET).stacks;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** A function of this name; its code is what the test passes to `lambdas`. */
export function lambda(stack: Stack, name: string): LambdaFunction {
  return new LambdaFunction(stack, name, {
    functionName: name,
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromInline('//'),
  });
}

// biome-ignore lint/suspicious/noExplicitAny: events have as many shapes as there are tests
export type TestHandler = (event: any) => unknown;

/** In-process functions by name, with the events that each was called with. */
export function lambdas(handlers: Record<string, TestHandler>) {
  // biome-ignore lint/suspicious/noExplicitAny: see TestHandler
  const events: Record<string, any[]> = Object.fromEntries(Object.keys(handlers).map((name) => [name, []]));
  return {
    events,
    handlers,
    invoke: async (functionArn: string, event: unknown): Promise<unknown> => {
      const name = functionArn.split(':').at(-1) ?? '';
      const copy = structuredClone(event);
      events[name]?.push(copy);
      const handler = handlers[name];
      if (handler === undefined) throw new Error(`no function ${functionArn}`);
      return handler(copy);
    },
  };
}

/** A server on a free port of the loopback address. */
export async function serve(
  listener: RequestListener,
): Promise<{ url: string; port: number; server: Server; close(): Promise<void> }> {
  const server = createServer({ keepAliveTimeout: 60_000 }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    server,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Sends a request exactly as it is given: fetch would tidy the path up. */
export async function request(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string | string[]> = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
