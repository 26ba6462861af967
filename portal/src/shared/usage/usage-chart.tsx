import BarChart from '@cloudscape-design/components/bar-chart';
import type { UsageGroup } from './usage-sums.ts';

interface UsageChartProps {
  readonly groups: readonly UsageGroup[];
  readonly by: 'hour' | 'day';
}

/** Requests over time: those that were served below those that failed. The table below says the same. */
export function UsageChart({ groups, by }: UsageChartProps) {
  const sorted = [...groups].sort((a, b) => a.group.localeCompare(b.group));
  const series = (title: string, of: (group: UsageGroup) => number) => ({
    title,
    type: 'bar' as const,
    data: sorted.map((group) => ({ x: new Date(group.group), y: of(group) })),
  });
  const format = new Intl.DateTimeFormat(
    'en-GB',
    by === 'day' ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' },
  );
  return (
    <BarChart
      stackedBars
      height={220}
      hideFilter
      ariaLabel={`Requests by ${by}`}
      xScaleType="categorical"
      xDomain={sorted.map(({ group }) => new Date(group))}
      i18nStrings={{ xTickFormatter: (date: Date) => format.format(date) }}
      series={[
        series(
          'Served',
          ({ requests, clientErrors, serverErrors }) => requests - (clientErrors ?? 0) - (serverErrors ?? 0),
        ),
        series('Client errors', ({ clientErrors }) => clientErrors ?? 0),
        series('Server errors', ({ serverErrors }) => serverErrors ?? 0),
      ]}
    />
  );
}
