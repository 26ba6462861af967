/**
 * The value of an environment variable.
 * @throws Error that names the variable when it is not set
 */
export function required(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (value === undefined)
    throw new Error(`the environment variable ${name} is not set; the CDK app sets it`);
  return value;
}

/** The credentials that Lambda gives a function, which it replaces as they expire. */
export function lambdaCredentials(environment: NodeJS.ProcessEnv): {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string | undefined;
} {
  return {
    accessKeyId: required(environment, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: required(environment, 'AWS_SECRET_ACCESS_KEY'),
    sessionToken: environment.AWS_SESSION_TOKEN,
  };
}

/**
 * Where a service is reached; undefined for its regional endpoint. Named as AWS's SDKs name it. APIs behind
 * API Gateway are the account's own, and not where the services are.
 */
export function endpointOf(
  environment: NodeJS.ProcessEnv,
  service:
    | 'API_GATEWAY'
    | 'CLOUDWATCH_LOGS'
    | 'COGNITO_IDENTITY_PROVIDER'
    | 'DYNAMODB'
    | 'EXECUTE_API'
    | 'KMS'
    | 'LAMBDA'
    | 'S3'
    | 'SECRETS_MANAGER'
    | 'SQS',
): string | undefined {
  const own = environment[`AWS_ENDPOINT_URL_${service}`];
  return service === 'EXECUTE_API' ? own : (own ?? environment.AWS_ENDPOINT_URL);
}
