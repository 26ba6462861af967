/** In place of Powertools: what is logged goes to the world's lines, nothing is measured or traced. */
import { activeWorld } from '../active-world.ts';

export class Logger {
  debug(): void {}

  info(message: string, ...more: unknown[]): void {
    activeWorld().log('info', message, more);
  }

  warn(message: string, ...more: unknown[]): void {
    activeWorld().log('warn', message, more);
  }

  error(message: string, ...more: unknown[]): void {
    activeWorld().log('error', message, more);
  }
}

export class Metrics {
  addDimension(): void {}

  addMetric(): void {}

  publishStoredMetrics(): void {}
}

export class Tracer {}

export const MetricUnit = { Count: 'Count', Seconds: 'Seconds', Milliseconds: 'Milliseconds' };

const nothing = () => ({ before: () => undefined });

export { nothing as captureLambdaHandler, nothing as injectLambdaContext, nothing as logMetrics };
