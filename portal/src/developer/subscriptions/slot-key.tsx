import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { CodeBlock } from '../../shared/show/code-block.tsx';
import type { Subscription } from '../../shared/show/subscription-state.tsx';
import { Time } from '../../shared/show/time.tsx';
import { SlotUse } from './slot-use.tsx';
import { SLOT_NAMES, type Slot } from './subscription.ts';

interface SlotKeyProps {
  readonly of: Subscription;
  readonly slot: Slot;
  /** The whole key while it is shown; null where only its digest is known. */
  readonly text: string | null | undefined;
  readonly onRegenerate: (() => void) | undefined;
}

/** One of the two keys: its text or what can be told of it, and whether it is in use. */
export function SlotKey({ of: subscription, slot, text, onRegenerate }: SlotKeyProps) {
  const name = SLOT_NAMES[slot];
  const { hint, createdAt, ended, leakedAt } = subscription.slots[slot];
  return (
    <SpaceBetween size="xs">
      <Box variant="awsui-key-label">{name}</Box>
      {typeof text === 'string' ? (
        <div className="secret">
          <CodeBlock text={text} what={name.toLowerCase()} />
        </div>
      ) : (
        <Masked hint={hint} isUnknown={text === null && ended !== true} />
      )}
      {leakedAt !== undefined && (
        <StatusIndicator type={ended ? 'error' : 'warning'}>
          Strangers had it <Time at={leakedAt} />
          {ended ? ': it has ended. Regenerate it to get one that works.' : ': regenerate it.'}
        </StatusIndicator>
      )}
      <SlotUse of={subscription.slots[slot]} />
      <Box color="text-body-secondary" fontSize="body-s">
        Made <Time at={createdAt} />
      </Box>
      {onRegenerate && (
        <Button onClick={onRegenerate} ariaLabel={`Regenerate the ${name.toLowerCase()}`}>
          Regenerate
        </Button>
      )}
    </SpaceBetween>
  );
}

function Masked({ hint, isUnknown }: { hint: string; isUnknown: boolean }) {
  if (isUnknown)
    return <Box>It was issued elsewhere, and can’t be shown. Regenerate it to get one that can.</Box>;
  return (
    <Box>
      <span className="mono">••••••••••••{hint}</span>
    </Box>
  );
}
