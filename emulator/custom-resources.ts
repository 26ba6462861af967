import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import type { Deployment } from './deploy.ts';
import { close, listen } from './listen.ts';
import { loopbackServer } from './loopback-server.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';
import { StartError } from './start-error.ts';
import type { TemplateResource } from './template/resources.ts';
import type { ResolvedTemplates } from './template.ts';

/** What is remembered of a custom resource from one start to the next, as CloudFormation does from one deployment. */
const made = z.record(
  z.string(),
  z.object({ type: z.string(), physicalId: z.string(), properties: z.record(z.string(), z.unknown()) }),
);
type Made = z.output<typeof made>;

/** What a resource's function answers («Custom resource response objects»). */
const answerShape = z.object({
  Status: z.enum(['SUCCESS', 'FAILED']),
  Reason: z.string().optional(),
  PhysicalResourceId: z.string(),
});
type Answer = z.output<typeof answerShape>;

/** The CDK's own, whose files are served from where they were built. */
const DONE_HERE = ['Custom::CDKBucketDeployment'];
const LONGEST_ANSWER_BYTES = 4_096;

export interface CustomResourceOptions {
  readonly deployment: Deployment;
  readonly accountId: string;
  readonly region: string;
  /** File that what was made is remembered in. */
  readonly path: string;
  readonly log: (line: string) => void;
  /** How long a function may go without an answer; on AWS an hour. */
  readonly longestWaitMilliseconds: number;
}

/**
 * Makes, changes and deletes the templates' custom resources by their functions, where their properties are not as they
 * were at the last start, one after the other as the templates have them. Attributes that their functions answer with
 * are not known here.
 * @throws StartError for one whose function fails, with its reason
 */
export async function carryOutCustomResources(
  { stacks }: ResolvedTemplates,
  options: CustomResourceOptions,
): Promise<void> {
  const before: Made = readPrivateFile(options.path, made) ?? {};
  const wanted = stacks.flatMap(({ name, resources }): (readonly [string, TemplateResource])[] =>
    Object.entries(resources)
      .filter(([, { Type }]) => isCustom(Type))
      .map(([logicalId, resource]) => [`${name}/${logicalId}`, resource] as const),
  );
  if (wanted.length === 0 && Object.keys(before).length === 0) return;
  const answers = await startAnswers();
  try {
    const names = new Set<string>(wanted.map(([name]) => name));
    for (const [name, resource] of wanted) {
      const now = await bringAbout(name, resource, before[name], answers, options);
      before[name] = now;
      writePrivateFile(options.path, before);
    }
    for (const [name, gone] of Object.entries(before).filter(([name]) => !names.has(name))) {
      await remove(name, gone, answers, options);
      delete before[name];
      writePrivateFile(options.path, before);
    }
  } finally {
    await answers.close();
  }
}

function isCustom(type: string): boolean {
  const isOthers = type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
  return isOthers && !DONE_HERE.includes(type);
}

async function bringAbout(
  name: string,
  { Type, Properties }: TemplateResource,
  before: Made[string] | undefined,
  answers: Answers,
  options: CustomResourceOptions,
): Promise<Made[string]> {
  const properties = texts(Properties) as Made[string]['properties'];
  if (before !== undefined && JSON.stringify(before.properties) === JSON.stringify(properties)) return before;
  const answer = await ask(name, Type, {
    answers,
    options,
    event: {
      RequestType: before === undefined ? 'Create' : 'Update',
      ResourceProperties: properties,
      ...(before && { PhysicalResourceId: before.physicalId, OldResourceProperties: before.properties }),
    },
  });
  if (answer.Status === 'FAILED') {
    throw new StartError(`${Type} ${name} can't be made: ${answer.Reason ?? 'its function says no more'}`);
  }
  const now = { type: Type, physicalId: answer.PhysicalResourceId, properties };
  // Another id says that it is another resource: CloudFormation then ends the one before.
  if (before !== undefined && before.physicalId !== now.physicalId)
    await remove(name, before, answers, options);
  return now;
}

async function remove(
  name: string,
  { type, physicalId, properties }: Made[string],
  answers: Answers,
  options: CustomResourceOptions,
): Promise<void> {
  const event = { RequestType: 'Delete', PhysicalResourceId: physicalId, ResourceProperties: properties };
  const said = await ask(name, type, { answers, options, event }).catch((error) => ({
    Reason: error.message,
  }));
  if (said.Reason !== undefined) options.log(`${type} ${name} is left as it is: ${said.Reason}`);
}

interface Asking {
  readonly answers: Answers;
  readonly options: CustomResourceOptions;
  readonly event: { readonly RequestType: string; readonly ResourceProperties: Made[string]['properties'] };
}

/** Calls the resource's function as CloudFormation does, and waits for what it sends. */
async function ask(name: string, type: string, { answers, options, event }: Asking): Promise<Answer> {
  const [stack = '', LogicalResourceId = ''] = name.split('/');
  const { accountId, region, deployment, longestWaitMilliseconds } = options;
  const answer = answers.next();
  const whole = {
    ...event,
    ResponseURL: answer.url,
    StackId: `arn:aws:cloudformation:${region}:${accountId}:stack/${stack}/${digest(stack)}`,
    RequestId: randomUUID(),
    ResourceType: type,
    LogicalResourceId,
  };
  const timer = setTimeout(
    () => answer.fail(new StartError(`${type} ${name}: its function gave no answer`)),
    longestWaitMilliseconds,
  );
  try {
    const failed = deployment
      .invoke(String(event.ResourceProperties.ServiceToken), whole)
      // It may answer later than it returns.
      .then(() => new Promise<never>(() => undefined));
    return await Promise.race([answer.given, failed]);
  } finally {
    clearTimeout(timer);
  }
}

interface Answers {
  /** An address of its own for the next answer. */
  next(): { readonly url: string; readonly given: Promise<Answer>; fail(error: Error): void };
  close(): Promise<void>;
}

/** Where functions put their answers; on AWS a bucket, by an address that is signed for one of them. */
async function startAnswers(): Promise<Answers> {
  const waiting = new Map<string, PromiseWithResolvers<Answer>>();
  const server = loopbackServer({}, (request, response) => void take(request, response, waiting));
  const port = await listen(server, 0);
  return {
    next() {
      const path = `/${randomUUID()}`;
      const turn = Promise.withResolvers<Answer>();
      turn.promise.catch(() => undefined);
      waiting.set(path, turn);
      return { url: `http://localhost:${port}${path}`, given: turn.promise, fail: turn.reject };
    },
    close: async () => close(server),
  };
}

async function take(
  request: IncomingMessage,
  response: ServerResponse,
  waiting: ReadonlyMap<string, PromiseWithResolvers<Answer>>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const turn = waiting.get(request.url ?? '');
  // The address is signed for a PUT without a content type.
  const isSigned = request.method === 'PUT' && !request.headers['content-type'];
  if (turn === undefined || !isSigned) return void response.writeHead(403).end();
  response.writeHead(200).end();
  const { data } = answerShape.safeParse(body.length <= LONGEST_ANSWER_BYTES ? jsonOf(body) : undefined);
  if (data === undefined) turn.reject(new StartError('a custom resource’s function sent what is no answer'));
  else turn.resolve(data);
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/** CloudFormation hands numbers and booleans on as text. */
function texts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(texts);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, texts(each)]));
  return String(value);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
