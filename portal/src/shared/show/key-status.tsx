import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';

interface Standing {
  readonly status: 'active' | 'disabled' | 'revoked' | 'expired';
  readonly expiresAt: string | null;
  readonly secrets: readonly { readonly expiresAt: string | null; readonly lastUsedAt: string | null }[];
}

const INDICATORS: Readonly<Record<Standing['status'], [StatusIndicatorProps.Type, string]>> = {
  active: ['success', 'Active'],
  disabled: ['stopped', 'Disabled'],
  revoked: ['error', 'Revoked'],
  expired: ['warning', 'Expired'],
};

/** Whether a key works, by icon and word; of one with two secrets that it is being rotated. */
export function KeyStatus({ of }: { of: Standing }) {
  const [type, text] = INDICATORS[of.status];
  const rotating = of.status === 'active' && of.secrets.length > 1;
  return rotating ? (
    <StatusIndicator type="in-progress">Rotating</StatusIndicator>
  ) : (
    <StatusIndicator type={type}>{text}</StatusIndicator>
  );
}
