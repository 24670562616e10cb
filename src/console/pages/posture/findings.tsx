/** The findings of a posture report: filters, a table, and exports. */
import { useMemo, useState } from 'preact/hooks'
import { CHECK_IDS, titleOf } from '../../../analysis/posture/in-house.ts'
import type { PostureFinding, PostureReport } from '../../../contract/posture/report.ts'
import { Badge } from '../../parts/badge.tsx'
import { Name } from '../../parts/name.tsx'
import { Empty } from '../../parts/states.tsx'
import { Pager, Table } from '../../parts/table.tsx'
import { pathTo } from '../../shell/route.ts'
import { Link } from '../../shell/router.tsx'
import { POSTURE } from '../../texts/posture.ts'
import { writeCsv } from './export.ts'
import {
  countSeverities,
  filterFindings,
  isSeverity,
  type PostureFilter,
  SEVERITIES,
} from './filter.ts'
import { saveFile } from './save-file.ts'

const TONES = { error: 'bad', warn: 'warn', info: 'info' } as const
const PAGE_ROWS = 50

export function Findings({ report }: { readonly report: PostureReport }) {
  const { findings, mapping } = report
  const [filter, setFilter] = useState<PostureFilter>({ severity: '', id: '', text: '' })
  const [page, setPage] = useState(0)
  const shown = useMemo(() => filterFindings(findings, filter), [findings, filter])
  const ids = useMemo(() => [...new Set(findings.map(({ id }) => id))], [findings])
  const counts = countSeverities(findings)
  const set = (change: Partial<PostureFilter>) => {
    setFilter({ ...filter, ...change })
    setPage(0)
  }
  if (findings.length === 0) return <Empty>{POSTURE.none}</Empty>
  return (
    <>
      <search>
        <form
          class="filters"
          aria-label={POSTURE.filter}
          onSubmit={(event) => event.preventDefault()}
        >
          <label class="field">
            <span>{POSTURE.severity}</span>
            <select
              value={filter.severity}
              onChange={({ currentTarget: { value } }) =>
                set({ severity: isSeverity(value) ? value : '' })
              }
            >
              <option value="">{POSTURE.all}</option>
              {SEVERITIES.map((severity) => (
                <option key={severity} value={severity}>
                  {POSTURE.severities[severity]} ({counts[severity]})
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>{POSTURE.finding}</span>
            <select
              value={filter.id}
              onChange={({ currentTarget }) => set({ id: currentTarget.value })}
            >
              <option value="">{POSTURE.all}</option>
              {ids.map((id) => (
                <option key={id} value={id}>
                  {nameFinding(id)}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>{POSTURE.search}</span>
            <input
              type="search"
              value={filter.text}
              onInput={({ currentTarget }) => set({ text: currentTarget.value })}
            />
          </label>
          <button
            type="button"
            class="button"
            onClick={() =>
              saveFile(
                'posture.json',
                'application/json',
                JSON.stringify({ ...report, findings: shown }, null, 2),
              )
            }
          >
            {POSTURE.exportJson}
          </button>
          <button
            type="button"
            class="button"
            onClick={() => saveFile('posture.csv', 'text/csv;charset=utf-8', writeCsv(shown))}
          >
            {POSTURE.exportCsv}
          </button>
        </form>
      </search>
      <p role="status">{POSTURE.shown(shown.length, findings.length)}</p>
      {shown.length === 0 ? (
        <Empty>{POSTURE.noneOfFilter}</Empty>
      ) : (
        <Rows findings={shown.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS)} mapping={mapping} />
      )}
      <Pager page={page} size={PAGE_ROWS} count={shown.length} onPage={setPage} />
    </>
  )
}

/** A newer gateway may have findings that this console has no title for. */
function nameFinding(id: PostureFinding['id']): string {
  const known = CHECK_IDS.find((one) => one === id)
  return known === undefined ? id : `${id}: ${titleOf(known)}`
}

type RowsProps = {
  readonly findings: readonly PostureFinding[]
  readonly mapping: PostureReport['mapping']
}

function Rows({ findings, mapping }: RowsProps) {
  return (
    <Table label={POSTURE.title}>
      <thead>
        <tr>
          <th scope="col">{POSTURE.finding}</th>
          <th scope="col">{POSTURE.about}</th>
          <th scope="col">{POSTURE.found}</th>
          <th scope="col">{POSTURE.fix}</th>
        </tr>
      </thead>
      <tbody>
        {findings.map((finding, index) => (
          <tr key={index}>
            <th scope="row">
              <span class="code">{finding.id}</span>{' '}
              <Badge tone={TONES[finding.severity]}>{POSTURE.severities[finding.severity]}</Badge>
            </th>
            <td>
              <Subject finding={finding} />
            </td>
            <td>
              <Name text={finding.message} />
              <Standards mapping={mapping[finding.id]} />
            </td>
            <td>
              <Name text={finding.fix} />
              {finding.narrower !== undefined && (
                <details>
                  <summary>{POSTURE.narrower}</summary>
                  {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the focus (WCAG 2.1.1). */}
                  <pre class="made" tabIndex={0}>
                    {JSON.stringify(finding.narrower, null, 2)}
                  </pre>
                </details>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function Subject({ finding: { subject } }: { readonly finding: PostureFinding }) {
  const { kind, name } = subject
  const label = POSTURE.kinds[kind]
  if (kind === 'gateway') return <>{label}</>
  const text = <Name text={name} isCode />
  return (
    <>
      {label} {kind === 'rule' ? <Link to={pathTo('rules', name)}>{text}</Link> : text}
    </>
  )
}

function Standards({
  mapping,
}: {
  readonly mapping: PostureReport['mapping'][`POS-${number}`] | undefined
}) {
  if (mapping === undefined) return null
  const { owasp_nhi: owasp, sp_800_207: tenets, csf } = mapping
  const parts = [...owasp, ...tenets.map((tenet) => POSTURE.tenet(tenet)), ...csf]
  return parts.length === 0 ? null : <div class="hint">{parts.join(' · ')}</div>
}
