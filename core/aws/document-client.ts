import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ENV } from '../contract/deployment.ts';
import { required } from './lambda-environment.ts';

/** A DynamoDB table and the client to reach it with. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
}

/** Well under the functions' own time-outs, so that a person gets a 503 and not silence. */
const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true };
const MOST_ATTEMPTS = 3;

/**
 * The control plane's DynamoDB client; region, endpoint and credentials come from the environment. Where a function of
 * the control plane runs in another Region, its tables are where the others are.
 */
function documentClient(): DynamoDBDocumentClient {
  const region = process.env[ENV.mainRegion];
  return DynamoDBDocumentClient.from(
    new DynamoDBClient({
      maxAttempts: MOST_ATTEMPTS,
      requestHandler: TIMEOUTS,
      ...(region !== undefined && { region }),
    }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
}

/**
 * A table, as a deployed function reaches it.
 * @param variable the environment variable that names it; the main table's by default
 */
export function deployedTable(variable: string = ENV.table): Table {
  return { client: documentClient(), name: required(process.env, variable) };
}
