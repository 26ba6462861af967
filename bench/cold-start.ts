import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { bundleOf } from '../lib/constructs/bundle.ts';
import { httpEvent } from './gateway-events.ts';
import { type Figure, type Promised, pairedRatio } from './harness.ts';
import { lambdaEnvironment, startStub, TABLE } from './request-plane.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';

const run = promisify(execFile);

/** What a new execution environment takes until its first decision, and the size of what it loads. */
export async function coldFigures(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
  try {
    const { code } = bundleOf('authorizer');
    writeFileSync(join(folder, 'authorizer.js'), code);
    writeFileSync(join(folder, 'sdk.js'), bareSdk());
    const tls = selfSignedCertificate('localhost');
    writeFileSync(join(folder, 'ca.pem'), tls.cert);
    const name = 'cold load + first decision ÷ bare SDK client and one GetItem';
    return [
      {
        name: 'authorizer bundle',
        value: Buffer.byteLength(code) / 1024,
        unit: 'KB',
        promised: 57,
        aim: 45,
      },
      await coldRatio(name, { promised: 0.5, aim: 0.3 }, folder),
      await coldRatio(`${name}, over TLS`, { promised: 0.6, aim: 0.45 }, folder, tls),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function coldRatio(
  name: string,
  promise: Promised,
  folder: string,
  tls?: { cert: string; key: string },
): Promise<Figure> {
  const stub = await startStub(tls);
  const env = {
    PATH: process.env.PATH ?? '',
    ...lambdaEnvironment(stub),
    ...(tls && { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') }),
  };
  const milliseconds = async (work: string) => {
    const script = `const t=performance.now();Promise.resolve(${work}).then(()=>{console.log(performance.now()-t);process.exit()})`;
    const { stdout } = await run(process.execPath, ['-e', script], { cwd: folder, env });
    return Number(stdout.trim().split('\n').at(-1));
  };
  const event = JSON.stringify(httpEvent(stub.key));
  try {
    return await pairedRatio(name, promise, async () => [
      await milliseconds(`require('./authorizer.js').handler(${event})`),
      await milliseconds(`require('./sdk.js').get()`),
    ]);
  } finally {
    await stub.stop();
  }
}

/** A function that does nothing but one GetItem with AWS's SDK, bundled as the functions are. */
function bareSdk(): string {
  const contents = `
    import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
    const client = new DynamoDBClient({});
    export const get = () => client.send(new GetItemCommand({ TableName: '${TABLE}', Key: { pk: { S: 'a' }, sk: { S: 'b' } } }));
  `;
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'js' },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
