import type { RequestListener } from 'node:http';
import * as z from 'zod';
import type { PublishedEvent } from '../aws/event-bridge.ts';
import type { Mail } from '../aws/mailbox.ts';
import type { Topics } from '../aws/topics.ts';
import type { LambdaFunction } from '../lambda.ts';
import { mailPage } from '../mail-pages.ts';
import type { TemplateResource } from '../template/resources.ts';
import type { ResolvedTemplates } from '../template.ts';
import { type AlarmChange, type AlarmStatus, Alarms } from './alarms.ts';
import { type Datum, embeddedMetrics, Metrics } from './metrics.ts';

const EVALUATION_SECONDS = 5;
const LAST_EVENTS = 200;

const ruleProperties = z.object({ Targets: z.array(z.object({ Arn: z.string() })).default([]) });
/** The one kind of filter that Keywright declares: a count of the lines that have a field, by fields. */
const filterProperties = z.object({
  FilterPattern: z.string().regex(/^\{ \$\.[\w-]+ = "\*" \}$/),
  LogGroupName: z.string(),
  MetricTransformations: z.tuple([
    z.object({
      MetricNamespace: z.string(),
      MetricName: z.string(),
      MetricValue: z.coerce.number(),
      Dimensions: z.array(z.object({ Key: z.string(), Value: z.string() })).default([]),
    }),
  ]),
});
type Filter = z.output<typeof filterProperties>;

export interface MonitoringOptions {
  readonly now: () => Date;
  /** Where alarms tell of it, as far as they may. */
  readonly topics: Topics;
  /** What SES has sent, newest first. */
  readonly mails: () => readonly Mail[];
  /** Hears of each alarm that changes its state. */
  readonly onAlarm: (alarm: AlarmStatus) => void;
  /** How many messages wait in the queue of this name. */
  readonly queueDepth: (name: string) => number;
}

const NOT_THERE =
  'There is nothing by this address and method: GET events, alarms and mail are there, and replication where there is more than one Region\n';

/**
 * CloudWatch on this machine: the metrics that the deployed alarms watch, from the same causes (the
 * functions' embedded metrics, their invocations, the bus's events through the declared metric filters,
 * queues, and 5xx answers), and the templates' alarms on them.
 */
export class Monitoring {
  readonly #metrics: Metrics;
  readonly #alarms: Alarms;
  readonly #options: MonitoringOptions;
  readonly #filters: readonly Filter[];
  readonly #queues: readonly string[];
  readonly #httpApiIds: ReadonlyMap<string, string>;
  readonly #events: PublishedEvent[] = [];
  readonly #evaluation: NodeJS.Timeout;

  constructor(templates: ResolvedTemplates, options: MonitoringOptions) {
    const resources = templates.stacks.flatMap((stack) => Object.entries(stack.resources));
    const ofType = (type: string) => resources.filter(([, { Type }]) => Type === type);
    this.#options = options;
    this.#metrics = new Metrics(options.now);
    this.#alarms = new Alarms(this.#metrics, options.now, (change) => this.#tell(change));
    for (const [logicalId, { Properties, Arn }] of ofType('AWS::CloudWatch::Alarm')) {
      this.#alarms.create(nameOf(logicalId), Properties, String(Arn));
    }
    const logged = ofType('AWS::Events::Rule').flatMap(([, { Properties }]) =>
      ruleProperties.parse(Properties).Targets.map(({ Arn }) => Arn.split(':log-group:')[1]),
    );
    this.#filters = ofType('AWS::Logs::MetricFilter')
      .map(([, { Properties }]) => filterProperties.parse(Properties))
      .filter(({ LogGroupName }) => logged.includes(LogGroupName));
    this.#queues = ofType('AWS::SQS::Queue').map(([, queue]) => lastSegment(queue));
    this.#httpApiIds = new Map(
      ofType('AWS::ApiGatewayV2::Api').map(([, { Properties, PhysicalId }]) => [
        String(Properties.Name),
        String(PhysicalId),
      ]),
    );
    this.#evaluation = setInterval(() => this.#evaluate(), EVALUATION_SECONDS * 1000).unref();
  }

  /** A line that a function wrote. */
  logLine(line: string): void {
    for (const datum of embeddedMetrics(line)) this.#metrics.put(datum);
  }

  /** An event that was put on the bus: into the log that the metric filters read. */
  event(event: PublishedEvent): void {
    this.#events.push(event);
    if (this.#events.length > LAST_EVENTS) this.#events.shift();
    for (const filter of this.#filters) {
      const datum = datumOf(filter, event);
      if (datum !== undefined) this.#metrics.put(datum);
    }
    this.#evaluate();
  }

  /** The function, its invocations measured as Lambda does. */
  measured(lambda: LambdaFunction): LambdaFunction {
    const put = (name: string, value: number) =>
      this.#metrics.put({
        namespace: 'AWS/Lambda',
        name,
        dimensions: { FunctionName: lambda.name },
        value,
      });
    const invoke: LambdaFunction['invoke'] = async (event, type) => {
      const startedAt = performance.now();
      const age = iteratorAge(event, this.#options.now());
      if (age !== undefined) put('IteratorAge', age);
      put('Invocations', 1);
      try {
        return await lambda.invoke(event, type);
      } catch (error) {
        put('Errors', 1);
        throw error;
      } finally {
        put('Duration', performance.now() - startedAt);
      }
    };
    return {
      name: lambda.name,
      invoke,
      warm: (count) => lambda.warm(count),
      stop: () => lambda.stop(),
    };
  }

  /** An answer of an API: HTTP APIs have one metric for those that are 5xx, REST APIs another. */
  answered(apiName: string, status: number): void {
    if (status < 500) return;
    const ApiId = this.#httpApiIds.get(apiName);
    const [name, dimensions] = ApiId === undefined ? ['5XXError', { ApiName: apiName }] : ['5xx', { ApiId }];
    this.#metrics.put({ namespace: 'AWS/ApiGateway', name, dimensions, value: 1 });
  }

  /** Serves what there is to see below `/keywright-local/`, and passes on all else. */
  listener(api: RequestListener): RequestListener {
    return (incoming, response) => {
      const { url = '', method } = incoming;
      const { topics, mails } = this.#options;
      const mail =
        method === 'GET' ? mailPage(url, incoming.headers.accept, mails(), topics.messages()) : undefined;
      if (mail !== undefined) {
        const {
          contentType,
          body,
          headers = {},
        } = mail ?? { contentType: 'text/plain', body: 'No such mail\n' };
        response.writeHead(mail === null ? 404 : 200, { 'content-type': contentType, ...headers }).end(body);
        return;
      }
      const page = this.#page(url);
      if (page !== undefined && method === 'GET') {
        response.setHeader('content-type', 'application/json');
        response.end(`${JSON.stringify(page, null, 2)}\n`);
        return;
      }
      // The portal would take every other address for a page of its own.
      if (url.startsWith('/keywright-local/')) {
        response.writeHead(404, { 'content-type': 'text/plain' }).end(NOT_THERE);
        return;
      }
      api(incoming, response);
    };
  }

  close(): void {
    clearInterval(this.#evaluation);
  }

  #page(url: string): object | undefined {
    switch (url) {
      case '/keywright-local/alarms':
        this.#evaluate();
        return { items: this.#alarms.list() };
      case '/keywright-local/events':
        return { items: this.#events.toReversed() };
    }
    return undefined;
  }

  /** As CloudWatch does: what the alarm's actions name is told, and the subject says what became of it. */
  #tell({ arn, before, actions, ...status }: AlarmChange): void {
    this.#options.onAlarm(status);
    const { name, state, since, description } = status;
    for (const topicArn of actions) {
      this.#options.topics.publish({
        topicArn,
        service: 'cloudwatch.amazonaws.com',
        sourceArn: arn,
        subject: `${state}: "${name}"`,
        message: JSON.stringify({
          AlarmName: name,
          AlarmDescription: description,
          NewStateValue: state,
          OldStateValue: before,
          StateChangeTime: since,
          AlarmArn: arn,
        }),
      });
    }
  }

  #evaluate(): void {
    for (const queue of this.#queues) {
      this.#metrics.put({
        namespace: 'AWS/SQS',
        name: 'ApproximateNumberOfMessagesVisible',
        dimensions: { QueueName: queue },
        value: this.#options.queueDepth(queue),
      });
    }
    this.#alarms.evaluate();
  }
}

/** What the filter counts of an event; undefined when the event lacks a field that it names. */
function datumOf(filter: Filter, event: PublishedEvent): Datum | undefined {
  const [transformation] = filter.MetricTransformations;
  const field = (selector: string) =>
    (event as unknown as Record<string, unknown>)[selector.replace('$.', '')];
  const wanted = /\$\.[\w-]+/.exec(filter.FilterPattern)?.[0] ?? '';
  if (field(wanted) === undefined) return undefined;
  return {
    namespace: transformation.MetricNamespace,
    name: transformation.MetricName,
    dimensions: Object.fromEntries(
      transformation.Dimensions.map(({ Key, Value }) => [Key, String(field(Value))]),
    ),
    value: transformation.MetricValue,
  };
}

/** The age of the oldest record of a batch from a stream, in milliseconds. */
function iteratorAge(event: unknown, now: Date): number | undefined {
  const { Records } = Object(event) as {
    Records?: { dynamodb?: { ApproximateCreationDateTime?: number } }[];
  };
  if (!Array.isArray(Records)) return undefined;
  const times = Records.flatMap(({ dynamodb }) => dynamodb?.ApproximateCreationDateTime ?? []);
  return times.length === 0 ? undefined : now.getTime() - Math.min(...times) * 1000;
}

/** A logical id without the hash that CDK appends: the name that docs/operate/runbook.md knows. */
function nameOf(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}

function lastSegment({ PhysicalId }: TemplateResource): string {
  return String(PhysicalId).split('/').at(-1) ?? '';
}
