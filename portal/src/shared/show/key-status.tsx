import Box from '@cloudscape-design/components/box';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { shortLengthOf, useNow } from './time.tsx';

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

/** "old secret quiet 3 h", of one that is being rotated. */
function oldSecretInWords({ secrets }: Standing, now: number): string {
  const at = secrets[1]?.lastUsedAt;
  if (at === null || at === undefined) return 'old secret never used';
  const quiet = shortLengthOf(now - Date.parse(at));
  return quiet === undefined ? 'old secret just used' : `old secret quiet ${quiet}`;
}

/** Whether a key works, by icon and word; of one with two secrets that it is being rotated. */
export function KeyStatus({ of }: { of: Standing }) {
  const [type, text] = INDICATORS[of.status];
  const now = useNow();
  const rotating = of.status === 'active' && of.secrets.length > 1;
  return rotating ? (
    <>
      <StatusIndicator type="in-progress" wrapText={false}>
        Rotating
      </StatusIndicator>
      <Box color="text-body-secondary" fontSize="body-s">
        {oldSecretInWords(of, now)}
      </Box>
    </>
  ) : (
    <StatusIndicator type={type} wrapText={false}>
      {text}
    </StatusIndicator>
  );
}
