import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';
import { AwsError, type Input, type RestService, requiredString, unknownOperation } from './protocol.ts';

const KEY = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  value: z.string(),
  enabled: z.boolean(),
  createdDate: z.number(),
  usagePlanIds: z.array(z.string()),
});
type Key = z.output<typeof KEY>;

/** AWS::ApiGateway::UsagePlan, as far as it says which stages are in it. */
export interface UsagePlanProperties {
  readonly ApiStages?: readonly { readonly ApiId: string; readonly Stage: string }[];
}

/** What API Gateway looks up of a key when it is presented. */
export interface PresentedApiKey {
  readonly id: string;
  readonly enabled: boolean;
  readonly usagePlanIds: readonly string[];
}

type Answer = (match: readonly string[], request: Parameters<RestService['handle']>[0]) => object;

const MOST_KEYS = 10_000;
/** The user guide's bounds of a value. */
const VALUE = /^[0-9A-Za-z]{20,128}$/;

/**
 * API Gateway's own keys and their places in usage plans, in one file that only its owner may read: the
 * operations of its control plane that are used, and nothing else of it.
 */
export class ApiGatewayKeys implements RestService {
  readonly #path: string;
  readonly #now: () => Date;
  readonly #keys: Map<string, Key>;
  readonly #plans = new Map<string, readonly string[]>();

  readonly #operations: readonly (readonly [method: string, path: RegExp, answer: Answer])[] = [
    ['POST', /^\/apikeys$/, (_, { input }) => this.#createKey(input)],
    ['GET', /^\/apikeys$/, (_, { url }) => this.#listKeys(url.searchParams)],
    ['DELETE', /^\/apikeys\/([^/]+)$/, ([id = '']) => this.#deleteKey(id)],
    ['POST', /^\/usageplans\/([^/]+)\/keys$/, ([plan = ''], { input }) => this.#addToPlan(plan, input)],
    ['GET', /^\/usageplans\/([^/]+)\/keys\/([^/]+)$/, ([plan = '', id = '']) => this.#planKey(plan, id)],
  ];

  /** @throws StartError when the file at `path` is damaged. */
  constructor(path: string, now: () => Date) {
    this.#path = path;
    this.#now = now;
    this.#keys = new Map((readPrivateFile(path, z.array(KEY)) ?? []).map((key) => [key.id, key]));
  }

  handle(request: Parameters<RestService['handle']>[0]): object {
    const { method, url } = request;
    for (const [expected, path, answer] of this.#operations) {
      const match = method === expected ? path.exec(url.pathname) : null;
      if (match !== null) return answer(match.slice(1), request);
    }
    throw unknownOperation('apigateway', `${method} ${url.pathname}`);
  }

  /** AWS::ApiGateway::UsagePlan: from now on keys can be put into it. */
  createUsagePlan(id: string, { ApiStages = [] }: UsagePlanProperties): void {
    this.#plans.set(
      id,
      ApiStages.map(({ ApiId, Stage }) => `${ApiId}:${Stage}`),
    );
  }

  /** The key of this value. */
  find(value: string): PresentedApiKey | undefined {
    return this.#keys.values().find((key) => key.value === value);
  }

  #createKey(input: Input): object {
    const { description, enabled } = input;
    const name = requiredString(input, 'name');
    const value = requiredString(input, 'value');
    if (!VALUE.test(value)) throw badRequest('API Key value should be at least 20 characters');
    if (this.find(value) !== undefined) throw conflict('API Key already exists');
    if (this.#keys.size >= MOST_KEYS) {
      throw new AwsError('LimitExceededException', 'API Keys limit exceeded', { status: 429 });
    }
    const key: Key = {
      id: randomBytes(5).toString('hex'),
      name,
      ...(typeof description === 'string' && { description }),
      value,
      enabled: enabled === true,
      createdDate: Math.floor(this.#now().getTime() / 1000),
      usagePlanIds: [],
    };
    this.#keys.set(key.id, key);
    this.#save();
    return shown(key, true);
  }

  /** Names are matched by how they begin. */
  #listKeys(query: URLSearchParams): object {
    const prefix = query.get('name') ?? '';
    const limit = Number(query.get('limit') ?? 25);
    const matching = [...this.#keys.values()].filter(({ name }) => name.startsWith(prefix));
    if (matching.length > limit) throw unknownOperation('apigateway', 'GET /apikeys in several pages');
    return { item: matching.map((key) => shown(key, query.get('includeValues') === 'true')) };
  }

  #deleteKey(id: string): object {
    if (!this.#keys.delete(id)) throw notFound('Invalid API Key identifier specified');
    this.#save();
    return {};
  }

  #addToPlan(planId: string, input: Input): object {
    const stages = this.#plans.get(planId);
    if (stages === undefined) throw notFound('Invalid Usage Plan ID specified');
    const key = this.#keys.get(requiredString(input, 'keyId'));
    if (key === undefined) throw notFound('Invalid API Key identifier specified');
    if (input.keyType !== 'API_KEY') throw badRequest('Invalid key type specified');
    const others = key.usagePlanIds.flatMap((id) => this.#plans.get(id) ?? []);
    if (key.usagePlanIds.includes(planId) || stages.some((stage) => others.includes(stage))) {
      throw conflict(`API Key ${key.id} is already associated with a usage plan of the same stage`);
    }
    this.#keys.set(key.id, { ...key, usagePlanIds: [...key.usagePlanIds, planId] });
    this.#save();
    return { id: key.id, type: 'API_KEY', name: key.name };
  }

  #planKey(planId: string, id: string): object {
    const key = this.#keys.get(id);
    if (!key?.usagePlanIds.includes(planId)) throw notFound('Invalid API Key identifier specified');
    return { id, type: 'API_KEY', name: key.name };
  }

  #save(): void {
    writePrivateFile(this.#path, [...this.#keys.values()]);
  }
}

function shown({ usagePlanIds, value, ...key }: Key, withValue: boolean): object {
  return { ...key, ...(withValue && { value }) };
}

function badRequest(message: string): AwsError {
  return new AwsError('BadRequestException', message, { status: 400 });
}

function conflict(message: string): AwsError {
  return new AwsError('ConflictException', message, { status: 409 });
}

function notFound(message: string): AwsError {
  return new AwsError('NotFoundException', message, { status: 404 });
}
