/** Exchanges by outcome over time: a chart, and the same numbers as a table. */
import { useState } from 'preact/hooks'
import type { ActivityReport } from '../../../contract/decisions/answers.ts'
import { read } from '../../api/request.ts'
import { ACTIVITY } from '../../api/shapes.ts'
import { useData } from '../../api/use-data.ts'
import { Moment } from '../../parts/moment.tsx'
import { LoadedView } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Link } from '../../shell/router.tsx'
import { OVERVIEW } from '../../texts/overview.ts'
import { Chart } from './chart.tsx'
import { sumBuckets } from './series.ts'

const PERIODS = [24, 168, 744] as const
type Period = (typeof PERIODS)[number]

export function Activity() {
  const [hours, setHours] = useState<Period>(24)
  const activity = useData(`activity:${hours}`, (signal) =>
    read(`/decisions/activity?hours=${hours}`, ACTIVITY, { signal }),
  )
  return (
    <section class="card">
      <div class="card-head">
        <h2>{OVERVIEW.activity}</h2>
        <label class="inline-field">
          <span>{OVERVIEW.period}</span>
          <select
            value={hours}
            onChange={({ currentTarget }) =>
              setHours(PERIODS.find((one) => String(one) === currentTarget.value) ?? 24)
            }
          >
            {PERIODS.map((period) => (
              <option key={period} value={period}>
                {OVERVIEW.periods[period]}
              </option>
            ))}
          </select>
        </label>
        <Link to="/decisions">{OVERVIEW.seeDecisions}</Link>
      </div>
      <LoadedView data={activity}>{(report) => <Report report={report} />}</LoadedView>
    </section>
  )
}

function Report({ report }: { readonly report: ActivityReport }) {
  const { granted, denied, unavailable } = sumBuckets(report.buckets)
  const counts = [
    ['good', OVERVIEW.granted, granted],
    ['bad', OVERVIEW.denied, denied],
    ['warn', OVERVIEW.unavailable, unavailable],
  ] as const
  return (
    <>
      <ul class="legend">
        {counts.map(([tone, name, count]) => (
          <li key={name}>
            <span class={`swatch ${tone}`} aria-hidden="true" /> {name}{' '}
            <strong>{count.toLocaleString('en')}</strong>
          </li>
        ))}
      </ul>
      {granted + denied + unavailable === 0 ? (
        <p class="hint">{OVERVIEW.noActivity}</p>
      ) : (
        <>
          <Chart report={report} label={OVERVIEW.chart(granted, denied, unavailable)} />
          <details>
            <summary>{OVERVIEW.asTable}</summary>
            <Numbers buckets={report.buckets} />
          </details>
        </>
      )}
    </>
  )
}

function Numbers({ buckets }: Pick<ActivityReport, 'buckets'>) {
  return (
    <Table
      label={OVERVIEW.activity}
      columns={[
        OVERVIEW.from,
        ...[OVERVIEW.granted, OVERVIEW.denied, OVERVIEW.unavailable].map((number) => ({ number })),
      ]}
    >
      {buckets.toReversed().map(({ at, granted, denied, unavailable }) => (
        <tr key={at}>
          <th scope="row">
            <Moment seconds={at} canFocus={false} />
          </th>
          <td class="number">{granted.toLocaleString('en')}</td>
          <td class="number">{denied.toLocaleString('en')}</td>
          <td class="number">{unavailable.toLocaleString('en')}</td>
        </tr>
      ))}
    </Table>
  )
}
