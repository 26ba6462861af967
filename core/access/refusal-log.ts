import { METRIC_NAMESPACE } from '../contract/deployment.ts';
import * as METRIC from '../contract/metrics.ts';
import type { Refusal } from '../domain/decision/decision.ts';
import type { AccessRequest } from './authorizer.ts';

/** Takes one line of text; in Lambda, standard output. */
export type WriteLine = (line: string) => void;

/** Where CloudWatch Logs reads a Lambda function's lines. */
export const writeLine: WriteLine = (line) => {
  process.stdout.write(`${line}\n`);
};

/**
 * One line for a refused request, in CloudWatch's embedded metric format, so that the line is the metric
 * too. It holds nothing that the caller wrote but a well-formed key's public id: a path or header may hold
 * a key by mistake. Where the key's secret was verified it says whose the key is, so that its owner can be told.
 */
export function logRefusal(
  write: WriteLine,
  refusal: Pick<Refusal, 'code' | 'cause' | 'owner'> & { readonly keyId?: string | undefined },
  request: Pick<AccessRequest, 'sourceIp' | 'requestId'>,
  now: number,
): void {
  const metrics = [{ Name: METRIC.refused, Unit: 'Count' }];
  const unavailable = refusal.code === 'authorizer_unavailable';
  write(
    JSON.stringify({
      _aws: {
        Timestamp: now,
        CloudWatchMetrics: [
          { Namespace: METRIC_NAMESPACE, Dimensions: [['cause']], Metrics: metrics },
          ...(unavailable
            ? [
                {
                  Namespace: METRIC_NAMESPACE,
                  Dimensions: [[]],
                  Metrics: [{ Name: METRIC.unavailable, Unit: 'Count' }],
                },
              ]
            : []),
        ],
      },
      [METRIC.refused]: 1,
      ...(unavailable && { [METRIC.unavailable]: 1 }),
      level: 'INFO',
      message: 'request refused',
      cause: refusal.cause,
      code: refusal.code,
      keyId: refusal.keyId,
      owner: refusal.owner,
      sourceIp: request.sourceIp,
      requestId: request.requestId,
    }),
  );
}

/** One line for a failure that did not decide the request's fate, or did by a 503. */
export function logWarning(write: WriteLine, message: string, cause: unknown): void {
  const error = cause instanceof Error ? { name: cause.name, message: cause.message } : undefined;
  write(JSON.stringify({ level: 'WARN', message, error }));
}
