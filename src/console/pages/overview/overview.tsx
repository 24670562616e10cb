/** The first page: health, exchanges over time, issuers, keys, and the trust document in force. */
import { read } from '../../api/request.ts'
import { HEALTH_REPORT, ISSUER_LIST, KEYS_REPORT, REVISION_PAGE } from '../../api/shapes.ts'
import { useData } from '../../api/use-data.ts'
import { Failure, LoadedView } from '../../parts/states.tsx'
import { may } from '../../session/may.ts'
import { PageFrame } from '../../shell/page-frame.tsx'
import type { PageProps } from '../../shell/page-props.ts'
import { Link } from '../../shell/router.tsx'
import { KEYS } from '../../texts/keys.ts'
import { OVERVIEW } from '../../texts/overview.ts'
import { NextChange } from '../keys/next-change.tsx'
import { listSigning } from '../keys/schedule.ts'
import { Activity } from './activity.tsx'
import { Health } from './health.tsx'
import { Issuers } from './issuers.tsx'
import { TrustCard } from './trust.tsx'

/** Everything but the exchanges needs it. Without it, one notice says so in place of four. */
const TRUST = 'trust:read'

export function Page({ session }: PageProps) {
  return (
    <PageFrame title={OVERVIEW.title}>
      <div class="stack">
        {may(session, TRUST) ? (
          <Cards />
        ) : (
          <>
            <Failure failure={{ kind: 'scope_missing', scope: TRUST }} />
            <Activity />
          </>
        )}
      </div>
    </PageFrame>
  )
}

function Cards() {
  const health = useData('health', (signal) => read('/health', HEALTH_REPORT, { signal }))
  const issuers = useData('issuers', (signal) => read('/issuers', ISSUER_LIST, { signal }))
  const keys = useData('keys', (signal) => read('/keys', KEYS_REPORT, { signal }))
  const revisions = useData('newest-revision', (signal) =>
    read('/trust/revisions?limit=1', REVISION_PAGE, { signal }),
  )
  return (
    <>
      <div class="columns">
        <section class="card">
          <h2>{OVERVIEW.health}</h2>
          <LoadedView data={health}>{(report) => <Health report={report} />}</LoadedView>
        </section>
        <section class="card">
          <h2>{OVERVIEW.trust}</h2>
          <LoadedView data={revisions}>
            {({ revisions: [newest] }) => <TrustCard newest={newest} health={health.value} />}
          </LoadedView>
        </section>
      </div>
      <Activity />
      <div class="columns">
        <section class="card">
          <div class="card-head">
            <h2>{OVERVIEW.issuers}</h2>
            <Link to="/issuers">{OVERVIEW.seeIssuers}</Link>
          </div>
          <LoadedView data={issuers}>{(report) => <Issuers issuers={report.issuers} />}</LoadedView>
        </section>
        <section class="card">
          <div class="card-head">
            <h2>{OVERVIEW.keys}</h2>
            <Link to="/keys">{OVERVIEW.seeKeys}</Link>
          </div>
          <LoadedView data={keys}>
            {(report) => (
              <>
                <p>{describeSigning(listSigning(report.keys))}</p>
                <NextChange keys={report.keys} />
              </>
            )}
          </LoadedView>
        </section>
      </div>
    </>
  )
}

function describeSigning(algorithms: readonly string[]): string {
  return algorithms.length === 0 ? KEYS.noneSigning : KEYS.signing(algorithms.join(', '))
}
