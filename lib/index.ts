/** The package `@keywright/cdk`: what an app needs that protects APIs of its own with a deployed Keywright. */
// biome-ignore-all lint/performance/noBarrelFile: the one door of a package, which nothing of ours goes through
export { ConfigError } from './config-field.ts';
export type {
  DecisionConfig,
  DefaultRateLimitsConfig,
  DomainConfig,
  LimitsConfig,
  OtherRegionConfig,
  RateLimitConfig,
} from './config-parts.ts';
export { ACCESS_LOG, accessLogGroup, accessLogOf } from './constructs/access-log.ts';
export {
  type AuthorizerConfig,
  type AuthorizerOptions,
  KeywrightAuthorizer,
  type KeywrightAuthorizerProps,
} from './constructs/authorizer.ts';
export { allowConfiguration } from './constructs/configuration.ts';
export {
  addGatewayResponses,
  addGatewayResponses as keywrightGatewayResponses,
  type CallerScheme,
} from './constructs/gateway-responses.ts';
export { allowGuard, type GuardConfig, type GuardProps } from './constructs/guard.ts';
export { KeywrightGuardLayer } from './constructs/guard-layer.ts';
export { Keywright } from './constructs/keywright.ts';
export {
  type ApiOAuthProps,
  type ApiRouteProps,
  KeywrightApi,
  type KeywrightApiProps,
} from './constructs/keywright-api.ts';
export {
  KeywrightProduct,
  type KeywrightProductProps,
  type PlanQuotaProps,
  type PlanRateLimitProps,
} from './constructs/keywright-product.ts';
export { KeywrightUsage, type KeywrightUsageProps } from './constructs/keywright-usage.ts';
export { deployedManagement, type ManagementApiReference } from './constructs/management-reference.ts';
export { KeywrightRotation, type KeywrightRotationProps } from './constructs/rotation.ts';
export type { Store } from './constructs/store.ts';
export {
  RefusalSubscription,
  type RefusalSubscriptionProps,
  type SubscriptionProps,
  UsageSubscription,
  type UsageSubscriptionProps,
  UseSubscription,
  type UseSubscriptionProps,
} from './constructs/usage-subscription.ts';
export { allowVerify } from './constructs/verify.ts';
