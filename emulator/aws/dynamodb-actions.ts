import { createRequire } from 'node:module';
import type { Store } from 'dynalite/db/index.js';
import validations from 'dynalite/validations/index.js';
import { AwsError, type Input, operationOf } from './protocol.ts';

const READS = ['BatchGetItem', 'CreateTable', 'DescribeTable', 'GetItem', 'ListTables', 'Query', 'Scan'];
const WRITES = ['BatchWriteItem', 'DeleteItem', 'PutItem', 'UpdateItem'];

/** One operation of DynamoDB by dynalite's rules. */
interface Action {
  /** True when it writes items. */
  readonly writesItems: boolean;
  /** Validates the input by itself as DynamoDB does, before anything is read. */
  parse(store: Store, input: Input): ParsedAction;
}

/** An operation whose input is sound. */
export interface ParsedAction {
  run(store: Store): Promise<object>;
}

const ACTIONS = loadActions();

/** The operation of this name; UnknownOperationException for those Keywright does not use. */
export function dynamodbAction(name: string): Action {
  return operationOf(ACTIONS, 'DynamoDB_20120810', name);
}

export function isConditionFailure(error: unknown): error is AwsError {
  return error instanceof AwsError && error.type.endsWith('#ConditionalCheckFailedException');
}

function loadActions(): Record<string, Action> {
  const require = createRequire(import.meta.url);
  return Object.fromEntries(
    [...READS, ...WRITES].map((name) => {
      const file = `${name.charAt(0).toLowerCase()}${name.slice(1)}.js`;
      const { types, custom } = require(`dynalite/validations/${file}`);
      const action = require(`dynalite/actions/${file}`);
      const run = (store: Store, data: object) =>
        new Promise<object>((resolve, reject) => {
          action(store, data, (error: Error | null, output: object) =>
            error ? reject(toAwsError(error)) : resolve(output),
          );
        });
      const parse = (store: Store, input: Input): ParsedAction => {
        try {
          const data = validations.checkTypes({ ...input }, types);
          validations.checkValidations(data, types, custom, store);
          return { run: (target) => run(target, data) };
        } catch (error) {
          throw toAwsError(error as Error);
        }
      };
      return [name, { writesItems: WRITES.includes(name), parse }];
    }),
  );
}

/** dynalite's refusals are errors that carry the status and the body of the answer. */
export function toAwsError(error: Error & { statusCode?: number; body?: Record<string, string> }): Error {
  if (error.statusCode === undefined || error.body === undefined) return error;
  const { __type: type = '', message, Message } = error.body;
  return new AwsError(type, message ?? Message ?? '', { status: error.statusCode });
}
