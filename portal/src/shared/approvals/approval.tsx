import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Answer } from '../api/answers.ts';

export type Approval = Answer<'/v1/approvals/{approvalId}'>;

export const STATES = [
  'pending',
  'approved',
  'claimed',
  'rejected',
  'withdrawn',
  'lapsed',
  'failed',
] as const satisfies readonly Approval['state'][];

const INDICATORS: Readonly<Record<Approval['state'], [StatusIndicatorProps.Type, string]>> = {
  pending: ['pending', 'Waits'],
  approved: ['success', 'Approved'],
  claimed: ['success', 'Done'],
  rejected: ['error', 'Rejected'],
  withdrawn: ['stopped', 'Withdrawn'],
  lapsed: ['stopped', 'Lapsed'],
  failed: ['error', 'Failed'],
};

export function ApprovalState({ of: { state, carriedOut } }: { of: Approval }) {
  const [type, text] =
    state === 'approved' && carriedOut ? (['success', 'Done'] as const) : INDICATORS[state];
  return (
    <StatusIndicator type={type} wrapText={false}>
      {text}
    </StatusIndicator>
  );
}

/** `revokeKey` as people say it: "Revoke key". */
export function nameOfOperation(operation: string): string {
  const words = operation.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
