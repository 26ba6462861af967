import Autosuggest, { type AutosuggestProps } from '@cloudscape-design/components/autosuggest';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { Modal } from '../form/modal.tsx';
import type { PaletteProps } from './command.ts';

const KEYS = 'A page, or a key’s name, ID or last four characters';

/** Goes to a page, or to what a text finds. */
export function Palette({ onClose, ...search }: PaletteProps) {
  return (
    <Modal onDismiss={onClose} header="Go to">
      <Search {...search} onClose={onClose} />
    </Modal>
  );
}

function Search({ pages, findCommands, finds = KEYS, onClose }: PaletteProps) {
  const [text, setText] = useState('');
  const navigate = useNavigate();
  const field = useRef<AutosuggestProps.Ref>(null);
  useEffect(() => {
    // After the dialog, which gives the focus to its first button.
    const frame = requestAnimationFrame(() => field.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  const wanted = text.trim();
  const found = useQuery({
    queryKey: ['palette', wanted],
    queryFn: () => findCommands?.(wanted) ?? [],
    enabled: findCommands !== undefined && wanted.length > 1,
  });
  const commands = [
    ...pages.filter((page) => page.text.toLowerCase().includes(wanted.toLowerCase())),
    ...(found.data ?? []),
  ];
  const go = (href: string) => {
    onClose();
    void navigate(href);
  };
  return (
    <div className="palette-anchor">
      <Autosuggest
        ref={field}
        value={text}
        onChange={({ detail }) => setText(detail.value)}
        // It would close its list alone.
        onKeyDown={({ detail }) => detail.key === 'Escape' && onClose()}
        onSelect={({ detail }) => go(detail.value)}
        options={commands.map(({ text, href, about }) => ({ value: href, label: text, description: about }))}
        filteringType="manual"
        statusType={found.isFetching ? 'loading' : 'finished'}
        loadingText="Looking"
        placeholder={findCommands ? finds : 'A page'}
        ariaLabel="Where to go"
        empty="Nothing has this name"
        hideEnteredTextOption
      />
    </div>
  );
}
