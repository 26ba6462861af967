import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { errorOf } from '../../../../client/keywright-error.ts';
import { flash } from '../shell/flashes.ts';
import { saveFile } from '../show/save-file.ts';

/** Downloads what the table shows, as the API writes it for spreadsheets. */
export function UsageCsv({ query }: { query: Readonly<Record<string, string>> }) {
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      const response = await fetch(`/v1/usage?${new URLSearchParams(query)}`, {
        headers: { accept: 'text/csv' },
      });
      if (!response.ok) throw await errorOf(response);
      saveFile(`usage-by-${query.groupBy}.csv`, await response.text(), 'text/csv');
    } catch (error) {
      flash({ type: 'error', header: 'The file was not made', content: `${(error as Error).message}.` });
    }
    setBusy(false);
  };
  return (
    <Button iconName="download" loading={busy} onClick={() => void download()}>
      CSV
    </Button>
  );
}
