import type { LambdaFunction } from '../lambda.ts';
import { AwsError, type RestService, unknownOperation } from './protocol.ts';

const INVOCATIONS = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/**
 * Lambda's `Invoke` of the invocation type `Event`, for the functions that were deployed: answered at once, done
 * later, and not tried again. The functions here that are called so ask for that.
 */
export class LambdaEvents implements RestService {
  readonly acceptedStatus = 202;
  readonly #functions = new Map<string, LambdaFunction>();
  readonly #log: (line: string) => void;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** AWS::Lambda::Function: from now on it can be invoked by its name. */
  deploy(target: LambdaFunction): void {
    this.#functions.set(target.name, target);
  }

  handle({ method, url, headers, input }: Parameters<RestService['handle']>[0]): object {
    const [, name = ''] = INVOCATIONS.exec(url.pathname) ?? [];
    if (method !== 'POST' || name === '' || headers['x-amz-invocation-type'] !== 'Event') {
      throw unknownOperation('lambda', `${method} ${url.pathname}`);
    }
    const target = this.#functions.get(decodeURIComponent(name));
    if (target === undefined) {
      throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, { status: 404 });
    }
    target.invoke(input).catch((error) => this.#log(`lambda: an event of ${target.name} failed: ${error}`));
    return {};
  }
}
