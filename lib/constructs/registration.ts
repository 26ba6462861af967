import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CustomResource, Lazy, Stack } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { ENV, OPENAPI_FILE } from '../../core/contract/deployment.ts';
import { allowConfiguration } from './configuration.ts';
import { KeywrightFunction } from './function.ts';
import type { ManagementApiReference } from './management-reference.ts';

/** What a stack registers with Keywright as it is deployed. */
export interface RegistrationProps {
  readonly kind: 'api' | 'product';
  /** `api_…` or `prod_…`. */
  readonly id: string;
  /** What is known once the whole app is: the body of its creation, without the id. */
  readonly fields: () => Readonly<Record<string, unknown>>;
  /** Path of an OpenAPI document, as JSON. */
  readonly openApi?: string | undefined;
  readonly management: ManagementApiReference;
  readonly logRetentionDays: number;
}

const COLLECTIONS = { api: '/v1/apis', product: '/v1/products' };

/**
 * Registers one API or product by signed requests, in a custom resource of its own: its function may make such things,
 * and read and change this one.
 */
export class Registration extends Construct {
  readonly function: KeywrightFunction;

  constructor(scope: Construct, id: string, props: RegistrationProps) {
    super(scope, id);
    const { kind, openApi, management, logRetentionDays } = props;
    const document = openApi === undefined ? undefined : readDocument(openApi);
    this.function = new KeywrightFunction(this, 'Function', {
      name: 'registration',
      description: `Keywright: registers ${props.id}`,
      memoryMiB: 256,
      timeoutSeconds: 120,
      logRetentionDays,
      ...(openApi !== undefined && { files: { [OPENAPI_FILE]: openApi } }),
    });
    this.function.addEnvironment(ENV.managementUrl, management.managementUrl);
    const collection = COLLECTIONS[kind];
    const own = `${collection}/${props.id}`;
    const routes = [`POST ${collection}`, `GET ${own}`, `PATCH ${own}`];
    if (document !== undefined) routes.push(`PUT ${own}/openapi`);
    allowConfiguration(this.function, management.managementApiId, routes);
    const definition = () =>
      Stack.of(this).toJsonString({ kind, id: props.id, fields: withoutUndefined(props.fields()) });
    new CustomResource(this, 'Resource', {
      serviceToken: this.function.functionArn,
      resourceType: kind === 'api' ? 'Custom::KeywrightApi' : 'Custom::KeywrightProduct',
      properties: {
        Definition: Lazy.string({ produce: definition }),
        ...(document !== undefined && {
          DocumentHash: createHash('sha256').update(document).digest('hex'),
        }),
      },
    });
  }
}

/** @throws Error for what is no OpenAPI document that the management API takes */
function readDocument(path: string): string {
  const text = readFileSync(path, 'utf8');
  let version: unknown;
  try {
    version = JSON.parse(text).openapi;
  } catch {
    version = undefined;
  }
  if (typeof version === 'string' && /^3\.[01]\./.test(version)) return text;
  throw new Error(`${path} is no OpenAPI document; expected JSON with "openapi": "3.0.…" or "3.1.…".`);
}

function withoutUndefined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_LENGTH = 12;

/**
 * An id that follows from where a construct stands: its path, and what its stack is called, since two apps may have
 * the same path. Whoever moves or renames it has another.
 */
export function idAt(prefix: 'api' | 'prod', construct: IConstruct): string {
  let stack = Stack.of(construct);
  while (stack.nestedStackParent !== undefined) stack = stack.nestedStackParent;
  const hash = createHash('sha256').update(`${stack.stackName} ${construct.node.path}`).digest('hex');
  let rest = BigInt(`0x${hash}`);
  let id = '';
  for (; id.length < ID_LENGTH; rest /= 62n) id += BASE62[Number(rest % 62n)];
  return `${prefix}_${id}`;
}
