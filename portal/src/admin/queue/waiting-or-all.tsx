import SegmentedControl from '@cloudscape-design/components/segmented-control';
import type { FilterField } from '../../shared/list/url-filter.ts';

export const WAITS = 'pending';
const ANY = 'any';

/** A list of the queue shows what waits unless the address says otherwise. */
export function waitingFirst({
  state = WAITS,
  ...others
}: Readonly<Record<string, string>>): Record<string, string> {
  return state === ANY ? others : { ...others, state };
}

/** Whether rows differ in their state, so that it is to be shown. */
export function showsState(chosen: Readonly<Record<string, string>>): boolean {
  return waitingFirst(chosen).state !== WAITS;
}

export function stateField(states: readonly string[]): FilterField {
  return {
    key: 'state',
    label: 'State',
    options: [...states, ANY].map((value) => ({ value, label: value })),
  };
}

interface WaitingOrAllProps {
  readonly state: string | undefined;
  readonly onChoose: (state: string) => void;
}

export function WaitingOrAll({ state = WAITS, onChoose }: WaitingOrAllProps) {
  return (
    <SegmentedControl
      label="Which are shown"
      selectedId={state === WAITS || state === ANY ? state : null}
      options={[
        { id: WAITS, text: 'Waiting' },
        { id: ANY, text: 'All' },
      ]}
      onChange={({ detail }) => onChoose(detail.selectedId)}
    />
  );
}
