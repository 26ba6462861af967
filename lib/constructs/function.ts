import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { METRIC_NAMESPACE } from '../../core/contract/deployment.ts';
import { bundleOf } from './bundle.ts';
import { grant } from './grant.ts';
import { suppress } from './suppression.ts';

export interface KeywrightFunctionProps {
  /** Folder below `functions/` that holds its handler.ts. */
  readonly name: string;
  readonly description: string;
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
  readonly logRetentionDays: number;
  /** X-Ray tracing. For the control plane; on the request plane it would cost every call time and money. */
  readonly tracing?: boolean;
  /** Files that it finds beside its code, by name: their paths here. */
  readonly files?: Readonly<Record<string, string>>;
  /** Executions that Lambda keeps for it, and at most; null or absent for none of its own. */
  readonly reservedConcurrency?: number | null;
  /** Physical name of the role, where a resource policy elsewhere has to name it. */
  readonly roleName?: string;
  /** Physical name, where others have to name it that know nothing of its stack. */
  readonly functionName?: string;
}

/**
 * A Lambda function of Keywright's: Node 24 on arm64, its own role that starts out allowed to write its
 * own log and nothing else, and its own log group. What it may do is added by the `grant…` methods of
 * the resources that it uses, which also tell it where they are.
 */
export class KeywrightFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: KeywrightFunctionProps) {
    // Logs are encrypted by CloudWatch's own key: they hold nothing secret, and a customer-managed key
    // would be one more thing whose loss silences them.
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: props.logRetentionDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      ...(props.roleName !== undefined && { roleName: props.roleName }),
    });
    const { code, later, hash } = bundleOf(props.name);
    const folder = mkdtempSync(join(tmpdir(), 'keywright-'));
    for (const [name, contents] of [['index.js', code], ...later] as const)
      writeFileSync(join(folder, name), contents);
    const assetHash = createHash('sha256').update(hash);
    for (const [name, path] of Object.entries(props.files ?? {})) {
      // Not the file's mode with it: what a local deployment keeps is for its owner alone.
      writeFileSync(join(folder, name), readFileSync(path));
      assetHash.update(`${name} ${digestOf(path)}`);
    }
    super(scope, id, {
      code: Code.fromAsset(folder, { assetHash: props.files === undefined ? hash : assetHash.digest('hex') }),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMiB,
      timeout: Duration.seconds(props.timeoutSeconds),
      description: props.description,
      ...(props.functionName !== undefined && { functionName: props.functionName }),
      ...(props.reservedConcurrency && { reservedConcurrentExecutions: props.reservedConcurrency }),
      role,
      logGroup,
      // Lambda's own lines (START, END, REPORT) are as many bytes as a decision's and are left out. Ours are sent:
      // lines that are JSON pass as they are, and one without a level, as metrics have none, is an INFO («Log-level
      // filtering», «Configuring JSON and plain text log formats»).
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      tracing: props.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      environment: {
        POWERTOOLS_SERVICE_NAME: props.name,
        POWERTOOLS_METRICS_NAMESPACE: METRIC_NAMESPACE,
      },
    });
    // The library copied it into the cloud assembly as it made the function.
    rmSync(folder, { recursive: true });
    grant(this, ['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
    if (props.tracing) {
      suppress(role, {
        id: 'AwsSolutions-IAM5',
        reason: 'X-Ray has no resources: its write actions can be granted for * only.',
        appliesTo: ['Resource::*'],
      });
    }
  }
}

const digests = new Map<string, string>();

/** Some files are large, and every function that has them is made several times in one process. */
function digestOf(path: string): string {
  const digest = digests.get(path) ?? createHash('sha256').update(readFileSync(path)).digest('hex');
  digests.set(path, digest);
  return digest;
}
