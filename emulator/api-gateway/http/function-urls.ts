import * as z from 'zod';
import type { TemplateStack } from '../../template/resources.ts';
import { resourcesOfType } from '../resource-list.ts';
import type { HttpApiDefinition } from './http-definition.ts';

const Url = z.object({
  TargetFunctionArn: z.string(),
  AuthType: z.enum(['NONE', 'AWS_IAM']),
  InvokeMode: z.literal('BUFFERED', { error: 'is not emulated' }).default('BUFFERED'),
  Cors: z.undefined({ error: 'is not emulated' }).optional(),
});

/**
 * The function URLs of an app's templates, each as an HTTP API of the function's name: they speak the same
 * payload (2.0) and take every method and path, but are signed for `lambda` and have no limits of their own.
 */
export function readFunctionUrls(stacks: readonly TemplateStack[]): HttpApiDefinition[] {
  return resourcesOfType(stacks, 'AWS::Lambda::Url', Url).map(({ id, properties }) => ({
    id,
    name: properties.TargetFunctionArn.split(':').at(-1) ?? '',
    cors: null,
    routes: [
      {
        key: '$default',
        method: 'ANY',
        pattern: null,
        authorizer: properties.AuthType === 'AWS_IAM' ? { type: 'AWS_IAM', service: 'lambda' } : null,
        scopes: [],
        integration: {
          uri: properties.TargetFunctionArn,
          payloadFormat: '2.0',
          timeoutMilliseconds: 900_000,
        },
      },
    ],
    stages: [{ name: '$default', variables: {}, accessLog: null, limitsOf: () => undefined }],
  }));
}
