import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Link from '@cloudscape-design/components/link';
import Steps, { type StepsProps } from '@cloudscape-design/components/steps';
import type { ReactNode } from 'react';
import type { Subscription } from '../../shared/show/subscription-state.tsx';
import { useNow } from '../../shared/show/time.tsx';
import { RollVerdict } from './roll-verdict.tsx';
import { isInUse, QUIET_MILLISECONDS, SlotUse } from './slot-use.tsx';
import { otherSlot, SLOT_NAMES, type Slot } from './subscription.ts';

interface RollStepsProps {
  readonly of: Subscription;
  /** The slot whose key is in use when it begins. */
  readonly old: Slot;
  readonly isDone: boolean;
  readonly onRegenerate: (slot: Slot) => void;
}

const SECOND_MILLISECONDS = 1000;

/** Four steps, each of which says by itself whether it is done. */
export function RollSteps(props: RollStepsProps) {
  const done = useDone(props);
  const current = done.includes(false) ? done.indexOf(false) : done.length;
  return (
    <Container>
      <Steps
        ariaLabel="Steps"
        steps={stepsOf(props, current).map(({ header, details }, index) => ({
          header: (
            <Box variant="span" fontWeight={index === current ? 'bold' : 'normal'}>
              {index + 1}. {header}
            </Box>
          ),
          details,
          ...standing(done[index] === true, index === current),
        }))}
      />
    </Container>
  );
}

function useDone({ of: { slots }, old, isDone }: RollStepsProps): boolean[] {
  const now = useNow(5 * SECOND_MILLISECONDS);
  const spare = slots[otherSlot(old)];
  const isFresh = isDone || spare.createdAt > slots[old].createdAt;
  const isMoved = isDone || (isFresh && spare.lastUsedAt !== null);
  const isQuiet = isDone || (isMoved && !isInUse(slots[old], now, QUIET_MILLISECONDS));
  return [isFresh, isMoved, isQuiet, isDone];
}

function stepsOf({ of: subscription, old, onRegenerate }: RollStepsProps, current: number) {
  const spare = otherSlot(old);
  const [spareName, oldName] = [SLOT_NAMES[spare].toLowerCase(), SLOT_NAMES[old].toLowerCase()];
  const page = `/subscriptions/${subscription.subscriptionId}`;
  const use = <SlotUse of={subscription.slots[spare]} />;
  const steps: readonly (readonly [header: string, text: ReactNode, now: ReactNode])[] = [
    [
      `Make a fresh ${spareName}`,
      'Nobody should send it now.',
      <>
        {use}
        <Regenerate slot={spare} onClick={onRegenerate} />
      </>,
    ],
    [
      'Move your programs to it',
      <>
        Put it where the {oldName} is used. <Link href={page}>Show the keys</Link>
      </>,
      use,
    ],
    [
      `Wait until the ${oldName} is quiet`,
      'Which key is sent is counted within minutes.',
      <RollVerdict key="verdict" of={subscription} old={old} />,
    ],
    [
      `Replace the ${oldName}`,
      'Whoever has the one of now can do nothing with it any more.',
      <>
        <RollVerdict of={subscription} old={old} />
        <Regenerate slot={old} isLast onClick={onRegenerate} />
      </>,
    ],
  ];
  return steps.map(([header, text, now], index) => ({
    header,
    details: (
      <>
        <div>{text}</div>
        {index === current && <div>{now}</div>}
      </>
    ),
  }));
}

interface RegenerateProps {
  readonly slot: Slot;
  readonly isLast?: boolean;
  readonly onClick: (slot: Slot) => void;
}

function Regenerate({ slot, isLast = false, onClick }: RegenerateProps) {
  return (
    <Box margin={{ vertical: 'xs' }}>
      <Button variant={isLast ? 'primary' : 'normal'} onClick={() => onClick(slot)}>
        Regenerate the {SLOT_NAMES[slot].toLowerCase()}
      </Button>
    </Box>
  );
}

function standing(
  isDone: boolean,
  isCurrent: boolean,
): Pick<StepsProps.Step, 'status' | 'statusIconAriaLabel'> {
  if (isDone) return { status: 'success', statusIconAriaLabel: 'Done' };
  return isCurrent
    ? { status: 'in-progress', statusIconAriaLabel: 'Now' }
    : { status: 'pending', statusIconAriaLabel: 'Later' };
}
