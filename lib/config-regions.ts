import {
  boolean,
  ConfigError,
  describe,
  type Field,
  listOf,
  matching,
  object,
  optional,
} from './config-field.ts';
import type { MovedConfig, RegionConfig, RegionsConfig } from './config-parts.ts';

export const regionName = matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a Region such as eu-central-1');

const kmsKeyArn = matching(
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/(mrk-)?[0-9a-f-]{32,36}$/,
  'the ARN of a KMS key',
);

const otherRegion = object<RegionConfig>({
  region: regionName,
  keyArn: kmsKeyArn,
  sealed: optional(boolean, false),
});

export const moved = object<MovedConfig>({
  keyArn: kmsKeyArn,
  streamArn: matching(
    /^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/keywright\/stream\/[0-9T:.-]+$/,
    'the ARN of the stream of the table keywright',
  ),
  pepperArn: matching(
    /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:keywright\/pepper-[A-Za-z0-9]{6}$/,
    'the ARN of the secret keywright/pepper',
  ),
});

export const regions: Field<RegionsConfig> = (value, path) => {
  const [main, ...others] = listOf((each) => each)(value, path);
  return [
    regionName(main, `${path}[0]`),
    ...others.map((other, i) => otherRegion(other, `${path}[${i + 1}]`)),
  ];
};

/**
 * Regions between which DynamoDB keeps a table strongly consistent.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
 */
const REGION_SETS: readonly (readonly string[])[] = [
  ['us-east-1', 'us-east-2', 'us-west-2'],
  ['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1'],
  ['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
];
/** Of which two are a majority. */
const STRONG_REGIONS = 3;

interface RegionSettings {
  readonly region: string | null;
  readonly regions: RegionsConfig | null;
  readonly consistency: 'eventual' | 'strong';
  readonly witness: string | null;
  readonly staleSeconds: number;
  readonly moved: MovedConfig | null;
}

/** What it was called before other Regions had more than copies. */
export function refuseReplicas(settings: unknown): void {
  const { replicas, region = 'eu-central-1' } = Object(settings) as { replicas?: unknown; region?: unknown };
  if (replicas === undefined) return;
  throw new ConfigError(
    `keywright.replicas is ${describe(replicas)}; expected regions in its place, the main Region first: ` +
      `"regions": ${JSON.stringify([region, ...[replicas].flat()])}.`,
  );
}

/** @throws ConfigError where Regions don't go together */
export function checkRegions(settings: RegionSettings): void {
  const { region, regions } = settings;
  if (regions !== null) checkNames(region, regions);
  checkConsistency(settings);
  checkMoved(settings);
}

function checkMoved({ moved, regions }: RegionSettings): void {
  if (moved === null) return;
  if (regions === null) {
    throw new ConfigError(
      'keywright.regions is not set; expected the Region that the control plane was moved to.',
    );
  }
  for (const [name, arn] of Object.entries(moved)) {
    if (arn.split(':')[3] === regions[0]) continue;
    throw new ConfigError(
      `keywright.moved.${name} is ${describe(arn)}; expected one in ${regions[0]}, the first of regions.`,
    );
  }
}

function checkNames(region: string | null, regions: RegionsConfig): void {
  const [main, ...others] = regions;
  if (region !== null && region !== main) {
    throw new ConfigError(
      `keywright.region is ${describe(region)}; expected ${describe(main)}, the first of regions, or nothing.`,
    );
  }
  for (const [i, other] of others.entries()) {
    const path = `keywright.regions[${i + 1}]`;
    if ([main, ...others.slice(0, i).map((each) => each.region)].includes(other.region)) {
      throw new ConfigError(
        `${path}.region is ${describe(other.region)}; expected a Region that is not named yet.`,
      );
    }
    if (other.keyArn.split(':')[3] !== other.region) {
      throw new ConfigError(
        `${path}.keyArn is ${describe(other.keyArn)}; expected a key in ${other.region}.`,
      );
    }
  }
}

function checkConsistency({ regions, consistency, witness, staleSeconds, moved }: RegionSettings): void {
  if (consistency === 'eventual') {
    if (witness === null) return;
    throw new ConfigError(
      `keywright.witness is ${describe(witness)}; expected nothing, unless consistency is "strong".`,
    );
  }
  const [main, ...others] = regions ?? [];
  const named = main === undefined ? [] : [main, ...others.map((other) => other.region)];
  if (witness !== null && named.includes(witness)) {
    throw new ConfigError(
      `keywright.witness is ${describe(witness)}; expected a Region that is none of regions.`,
    );
  }
  const all = witness === null ? named : [...named, witness];
  // Of a set that was made, one is lost or named no more.
  const isWhole = moved === null ? all.length === STRONG_REGIONS : all.length <= STRONG_REGIONS;
  if (!isWhole || main === undefined) {
    throw new ConfigError(
      `keywright.consistency is "strong" with ${listed(named, witness)}; expected three Regions in regions, or two and another as witness.`,
    );
  }
  const set = REGION_SETS.find((each) => each.includes(main));
  const stranger = all.find((each) => !set?.includes(each));
  if (stranger !== undefined) {
    throw new ConfigError(
      `keywright.consistency is "strong" with ${stranger}; expected Regions of one set: ${REGION_SETS.map((each) => each.join(', ')).join('; ')}.`,
    );
  }
  if (staleSeconds > 0) {
    throw new ConfigError(
      `keywright.staleSeconds is ${staleSeconds}; expected 0 where consistency is "strong": a Region that is cut off would go on by what others have changed.`,
    );
  }
}

function listed(named: readonly string[], witness: string | null): string {
  const regions = named.length === 0 ? 'no regions' : `the regions ${named.join(', ')}`;
  return witness === null ? regions : `${regions} and the witness ${witness}`;
}
