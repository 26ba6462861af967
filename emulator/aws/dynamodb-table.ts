import { type KeySizes, keySizesOf } from './dynamodb-limits.ts';
import type { StreamViewType } from './stream-record.ts';

interface KeyElement {
  readonly AttributeName: string;
  readonly KeyType: string;
}

/** What `AWS::DynamoDB::Table` and `AWS::DynamoDB::GlobalTable` say about a table, in their own words. */
export interface TableProperties {
  readonly TableName: string;
  readonly KeySchema: readonly KeyElement[];
  readonly AttributeDefinitions: readonly { AttributeName: string; AttributeType: string }[];
  readonly GlobalSecondaryIndexes?: readonly {
    IndexName: string;
    KeySchema: readonly KeyElement[];
    Projection: { ProjectionType?: string; NonKeyAttributes?: readonly string[] };
  }[];
  readonly StreamSpecification?: { readonly StreamViewType: string };
  readonly TimeToLiveSpecification?: { readonly AttributeName?: string; readonly Enabled: boolean };
  /** Of a `GlobalTable`: whether a change is acknowledged only once other Regions have it. */
  readonly MultiRegionConsistency?: string;
  /** Of a `Table`. */
  readonly ResourcePolicy?: { readonly PolicyDocument: object };
  /** Of a `GlobalTable`; this Region's alone where it is made. */
  readonly Replicas?: readonly {
    readonly Region?: string;
    readonly ResourcePolicy?: { readonly PolicyDocument: object };
  }[];
  /** This machine's own: `Replicas` of all Regions, where `Replicas` is this Region's alone. */
  readonly Everywhere?: TableProperties['Replicas'];
}

/** What a template says of a table, in one of the Regions that have it. */
export function tableIn(
  region: string,
  { Replicas, Everywhere = Replicas, ...rest }: TableProperties,
): TableProperties {
  if (Everywhere === undefined) return rest;
  const own = Everywhere.filter(({ Region }) => Region === region);
  return { ...rest, Everywhere, Replicas: own.length > 0 ? own : Everywhere };
}

/** What the local DynamoDB must know of a table at each write, besides what dynalite keeps. */
export interface TableSettings {
  readonly keyNames: readonly string[];
  readonly stream: StreamViewType | null;
  readonly ttlAttribute: string | null;
  readonly keySizes: KeySizes;
}

export function settingsOf(properties: TableProperties): TableSettings {
  const { StreamSpecification: stream, TimeToLiveSpecification: ttl } = properties;
  return {
    keyNames: properties.KeySchema.map((element) => element.AttributeName),
    stream: (stream?.StreamViewType as StreamViewType | undefined) ?? null,
    ttlAttribute: (ttl?.Enabled && ttl.AttributeName) || null,
    keySizes: keySizesOf(properties),
  };
}

/** The input of CreateTable that makes the table. */
export function creationOf(properties: TableProperties): Readonly<Record<string, unknown>> {
  const { TableName, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes: indexes } = properties;
  return {
    TableName,
    KeySchema,
    AttributeDefinitions,
    BillingMode: 'PAY_PER_REQUEST',
    ...(indexes && {
      GlobalSecondaryIndexes: indexes.map(({ IndexName, KeySchema, Projection }) => ({
        IndexName,
        KeySchema,
        Projection,
      })),
    }),
  };
}

/** Keys and indexes of a table as one line that tells whether two tables are alike. */
export function describeKeys({
  KeySchema,
  GlobalSecondaryIndexes = [],
  AttributeDefinitions,
}: TableProperties): string {
  const types = new Map(AttributeDefinitions.map((a) => [a.AttributeName, a.AttributeType]));
  const keys = (schema: readonly KeyElement[]) =>
    schema.map(({ AttributeName: name, KeyType }) => `${KeyType} ${name}:${types.get(name)}`).join(', ');
  const indexes = GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => {
    const projected = [Projection.ProjectionType, ...[...(Projection.NonKeyAttributes ?? [])].sort()];
    return `${IndexName} (${keys(KeySchema)}; ${projected.join(' ')})`;
  });
  return [`(${keys(KeySchema)})`, ...indexes.sort()].join(', ');
}
