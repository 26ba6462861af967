import { Stack } from 'aws-cdk-lib';
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

interface WebAclProps {
  /** Of a REST API: nothing else of API Gateway's takes a web ACL. */
  readonly stage: Stage;
  /** ARN of a regional web ACL of the operator's, in place of ours. */
  readonly own: true | string;
}

/** What one address may send in five minutes; everybody together is held to the routes' own limits. */
const FIVE_MINUTES_SECONDS = 300;
const REPORTS_PER_ADDRESS = 300;
/** GitHub sends for everybody from few addresses; a flood of what only looks like it stops here all the same. */
const GITHUB_REPORTS_PER_ADDRESS = 60_000;
const GITHUB_PATH = '/leaks/github';

/** Managed rules that a report of keys does not meet by being one, as those of the common rule set would be. */
const MANAGED_RULES = ['AWSManagedRulesAmazonIpReputationList', 'AWSManagedRulesKnownBadInputsRuleSet'];

/**
 * A web ACL before a stage: how often one address may send, and two of AWS's managed rule groups. None of these
 * looks at what GitHub sends: its reports quote public files, so whoever wrote such a file could put into it
 * what a rule takes for an attack, and no report that names it would arrive. A signature guards that route.
 *
 * 5 $ a month, 1 $ for each of the four rules, and 0.60 $ per million requests (docs/operate/cost.md).
 */
export class WebAcl extends Construct {
  constructor(scope: Construct, id: string, { stage, own }: WebAclProps) {
    super(scope, id);
    const webAclArn = own === true ? this.#ours().attrArn : own;
    const association = new CfnWebACLAssociation(this, 'Association', {
      webAclArn,
      resourceArn: Stack.of(this).formatArn({
        service: 'apigateway',
        account: '',
        resource: '/restapis',
        resourceName: `${stage.restApi.restApiId}/stages/${stage.stageName}`,
      }),
    });
    association.node.addDependency(stage);
  }

  #ours(): CfnWebACL {
    const rules = [
      rateRule('ReportsPerAddress', REPORTS_PER_ADDRESS, NOT_GITHUB),
      rateRule('GitHubPerAddress', GITHUB_REPORTS_PER_ADDRESS, GITHUB),
      ...MANAGED_RULES.map(managedRule),
    ];
    return new CfnWebACL(this, 'Resource', {
      scope: 'REGIONAL',
      description: 'Keywright: before what strangers may call',
      defaultAction: { allow: {} },
      visibilityConfig: visibility('KeywrightPublic'),
      rules: rules.map((rule, priority) => ({ ...rule, priority })),
    });
  }
}

type Rule = Omit<CfnWebACL.RuleProperty, 'priority'>;

/** The end of the path, since a stage's own address has the stage before it, and a custom domain a mapping. */
const GITHUB: CfnWebACL.StatementProperty = {
  byteMatchStatement: {
    fieldToMatch: { uriPath: {} },
    positionalConstraint: 'ENDS_WITH',
    searchString: GITHUB_PATH,
    textTransformations: [{ priority: 0, type: 'NONE' }],
  },
};
const NOT_GITHUB: CfnWebACL.StatementProperty = { notStatement: { statement: GITHUB } };

function rateRule(name: string, limit: number, scopeDownStatement: CfnWebACL.StatementProperty): Rule {
  return {
    name,
    action: { block: { customResponse: { responseCode: 429 } } },
    statement: {
      rateBasedStatement: {
        limit,
        evaluationWindowSec: FIVE_MINUTES_SECONDS,
        aggregateKeyType: 'IP',
        scopeDownStatement,
      },
    },
    visibilityConfig: visibility(name),
  };
}

function managedRule(name: string): Rule {
  return {
    name,
    overrideAction: { none: {} },
    statement: { managedRuleGroupStatement: { vendorName: 'AWS', name, scopeDownStatement: NOT_GITHUB } },
    visibilityConfig: visibility(name),
  };
}

/** No sampled requests: a sample shows headers and the address, and a metric says as much. */
function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
