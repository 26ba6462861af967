import BarChart from '@cloudscape-design/components/bar-chart';
import type { SecretUse } from './overlap.ts';

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** Requests of the last hour in steps of five minutes, with the old secret and with the new. */
export function OverlapChart({ old, current }: { old: SecretUse; current: SecretUse }) {
  const steps = current.recent.map(({ from }) => new Date(from));
  const series = (title: string, { recent }: SecretUse) => ({
    title,
    type: 'bar' as const,
    data: recent.map(({ from, requests }) => ({ x: new Date(from), y: requests })),
  });
  return (
    <BarChart
      height={200}
      hideFilter
      ariaLabel="Requests by secret in the last hour"
      xScaleType="categorical"
      xDomain={steps}
      i18nStrings={{ xTickFormatter: (step: Date) => time.format(step) }}
      series={[series('New secret', current), series('Old secret', old)]}
    />
  );
}
