/** The page `/issuers`: the keys, the last failure and the decision counts of each issuer. */
import type { IssuerReport } from '../../../contract/admin.ts'
import { read } from '../../api/request.ts'
import { ISSUER_LIST } from '../../api/shapes.ts'
import { useData } from '../../api/use-data.ts'
import { Empty, LoadedView } from '../../parts/states.tsx'
import { PageFrame } from '../../shell/page-frame.tsx'
import { ISSUERS } from '../../texts/issuers.ts'
import { IssuerDetails } from './details.tsx'
import { IssuerTable } from './table.tsx'

export function Page() {
  const issuers = useData('issuers', (signal) => read('/issuers', ISSUER_LIST, { signal }))
  return (
    <PageFrame title={ISSUERS.title}>
      <LoadedView data={issuers} what={ISSUERS.loading}>
        {(report) =>
          report.issuers.length === 0 ? (
            <Empty>{ISSUERS.empty}</Empty>
          ) : (
            <Issuers issuers={report.issuers} />
          )
        }
      </LoadedView>
    </PageFrame>
  )
}

function Issuers({ issuers }: { readonly issuers: readonly IssuerReport[] }) {
  const states = new Set(issuers.map(({ decisions }) => decisions.state))
  return (
    <div class="stack">
      {states.has('off') && <p class="hint">{ISSUERS.countsOff}</p>}
      {states.has('incomplete') && <p class="notice warn">{ISSUERS.countsIncomplete}</p>}
      <IssuerTable issuers={issuers} />
      {issuers.map((issuer) => (
        <IssuerDetails key={`${issuer.source} ${issuer.name}`} issuer={issuer} />
      ))}
    </div>
  )
}
