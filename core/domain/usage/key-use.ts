import { networkOf } from '../keys/network.ts';
import type { AccessRecord } from './access-record.ts';

/** How a key was used: of which API, by which of its secrets, from which network, for what. */
export interface KeyUse {
  /** Undefined where the line did not say. */
  readonly apiId?: string;
  /** Of a secret, or a subscription's slot; `-` where the line does not say. */
  readonly secretId: string;
  /** IPv4 /24 or IPv6 /48; `-` where it is not known. */
  readonly network: string;
  readonly method: string;
  /** As the API declares it, or version and resource. */
  readonly route: string;
}

/** How much of an hour is counted as one, so that an overlap can be watched. */
const STEP_MINUTES = 5;
export const STEP_MILLISECONDS = STEP_MINUTES * 60_000;

/** Of a route's name no more is counted: one of this length may have been cut. */
export const LONGEST_ROUTE = 100;

const UNKNOWN = '-';
/** All but the last hold no blank; a route is what is left. No secret is called as an API is. */
const NAME = /^(?:(api_[0-9A-Za-z]{12}) )?(\S+) (\S+) (\S+) (.+)$/s;

export function networkOfAddress(sourceIp: string | undefined): string {
  return (sourceIp === undefined ? undefined : networkOf(sourceIp)) ?? UNKNOWN;
}

/** The name that a request is counted under, API, secret, network and route together. */
export function useName({ caller, sourceIp, method, route, apiId }: AccessRecord): string {
  const use = `${caller?.secretId ?? UNKNOWN} ${networkOfAddress(sourceIp)} ${method} ${route}`;
  return apiId === undefined ? use : `${apiId} ${use}`;
}

/** What `useName` made a name of; undefined for what was counted as others. */
export function useOf(name: string): KeyUse | undefined {
  const [, apiId, secretId, network, method, route] = NAME.exec(name) ?? [];
  if (secretId === undefined || network === undefined || method === undefined || route === undefined) {
    return undefined;
  }
  return { ...(apiId !== undefined && { apiId }), secretId, network, method, route };
}

/** The name of the five minutes of its hour that a request of a secret came in: `s1 05`. */
export function stepName(secretId: string | undefined, time: number): string {
  const minutes = new Date(time).getUTCMinutes();
  return `${secretId ?? UNKNOWN} ${String(minutes - (minutes % STEP_MINUTES)).padStart(2, '0')}`;
}

/** What `stepName` made a name of; undefined for what was counted as others. */
export function stepOf(name: string): { readonly secretId: string; readonly minute: string } | undefined {
  const [, secretId, minute] = /^(\S+) ([0-5][0-9])$/.exec(name) ?? [];
  return secretId === undefined || minute === undefined ? undefined : { secretId, minute };
}
