import BarChart from '@cloudscape-design/components/bar-chart';
import { type UsageGroup, withEmpty } from './usage-sums.ts';

interface UsageChartProps {
  readonly groups: readonly UsageGroup[];
  readonly by: 'hour' | 'day';
  /** The time that they are of. */
  readonly of: { readonly from: string; readonly to: string };
}

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const utcDate = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

const hourLabel = (at: Date) => `${time.format(at)}\n${date.format(at)}`;
/** A day that was counted is one of UTC, wherever the reader is. */
const dayLabel = (at: Date) => utcDate.format(at);

/**
 * Requests over time, with every hour or day in which there were none: those that were served below those that
 * failed. The table below says the same.
 */
export function UsageChart({ groups, by, of }: UsageChartProps) {
  const filled = withEmpty(groups, by, of);
  const series = (title: string, of: (group: UsageGroup) => number, color?: string) => ({
    title,
    type: 'bar' as const,
    ...(color !== undefined && { color }),
    data: filled.map((group) => ({ x: new Date(group.group), y: of(group) })),
  });
  return (
    <BarChart
      stackedBars
      height={220}
      hideFilter
      ariaLabel={`Requests by ${by}`}
      xScaleType="categorical"
      xDomain={filled.map(({ group }) => new Date(group))}
      i18nStrings={{ xTickFormatter: by === 'day' ? dayLabel : hourLabel }}
      series={[
        series(
          'Served',
          ({ requests, clientErrors, serverErrors }) => requests - (clientErrors ?? 0) - (serverErrors ?? 0),
        ),
        series('Client errors', ({ clientErrors }) => clientErrors ?? 0, 'var(--client-errors)'),
        series('Server errors', ({ serverErrors }) => serverErrors ?? 0, 'var(--server-errors)'),
      ]}
    />
  );
}
