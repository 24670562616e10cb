/** The page `/keys`: the signing keys of the gateway, and their next change. */
import type { KeysReport } from '../../../contract/admin.ts'
import { read } from '../../api/request.ts'
import { KEYS_REPORT } from '../../api/shapes.ts'
import { useData } from '../../api/use-data.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Name } from '../../parts/name.tsx'
import { Empty, LoadedView } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { PageFrame } from '../../shell/page-frame.tsx'
import { KEYS } from '../../texts/keys.ts'
import { NextChange } from './next-change.tsx'

type Key = KeysReport['keys'][number]

const TONES: Readonly<Record<Key['state'], Tone>> = {
  signing: 'good',
  scheduled: 'info',
  standby: 'info',
  retired: 'plain',
  withdrawn: 'warn',
}

export function Page() {
  const keys = useData('keys', (signal) => read('/keys', KEYS_REPORT, { signal }))
  return (
    <PageFrame title={KEYS.title}>
      <p class="hint">{KEYS.lead}</p>
      <LoadedView data={keys} what={KEYS.loading}>
        {(report) => (
          <div class="stack">
            <Remarks report={report} />
            <section class="card">
              <h2>{KEYS.next}</h2>
              <NextChange keys={report.keys} />
            </section>
            {report.keys.length === 0 ? (
              <Empty>{KEYS.empty}</Empty>
            ) : (
              <KeyTable keys={report.keys} />
            )}
          </div>
        )}
      </LoadedView>
    </PageFrame>
  )
}

function Remarks({ report }: { readonly report: KeysReport }) {
  return (
    <>
      {report.problems.map(({ variable, message }) => (
        <p key={variable} class="notice bad">
          <Name text={`${variable} ${message}`} />
        </p>
      ))}
      {report.warnings.map((warning) => (
        <p key={warning} class="notice warn">
          <Name text={warning} />
        </p>
      ))}
    </>
  )
}

function KeyTable({ keys }: { readonly keys: readonly Key[] }) {
  return (
    <Table label={KEYS.table} columns={Object.values(KEYS.columns)}>
      {keys.map((key) => (
        <tr key={key.kid}>
          <th scope="row" class="wide-cell">
            <Name text={key.kid} isCode />
          </th>
          <td>{key.alg}</td>
          <td>
            <span class="badges">
              <Badge tone={TONES[key.state]}>{key.state}</Badge>
              {key.default && <Badge>{KEYS.default}</Badge>}
            </span>
          </td>
          <td>{key.secret !== undefined && <Name text={key.secret} isCode />}</td>
          <td>{momentOr(key.activates_at, KEYS.fromDeployment)}</td>
          <td>{momentOr(key.retires_at, KEYS.noEnd)}</td>
          <td>{momentOr(key.published_until, KEYS.noEnd)}</td>
        </tr>
      ))}
    </Table>
  )
}

function momentOr(seconds: number | null, text: string) {
  return seconds === null ? text : <Moment seconds={seconds} />
}
