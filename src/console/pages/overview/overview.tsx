/** The first page: whether the gateway is ready, and which trust document is in force. */
import type { AdminHealth } from '../../../contract/admin.ts'
import { read } from '../../api/request.ts'
import { useData } from '../../api/use-data.ts'
import { LoadedView } from '../../parts/states.tsx'
import { PageFrame } from '../../shell/page-frame.tsx'
import { OVERVIEW } from '../../texts.ts'

export function Page() {
  const health = useData('health', (signal) => read<AdminHealth>('/health', { signal }))
  return (
    <PageFrame title={OVERVIEW.title}>
      <section class="card">
        <h2>{OVERVIEW.health}</h2>
        <LoadedView data={health}>
          {({ status, revision, warnings }) => (
            <>
              <p>{status === 'ready' ? OVERVIEW.ready : OVERVIEW.notReady}</p>
              <p>
                {revision === null ? OVERVIEW.revisionUnknown : OVERVIEW.revisionInForce(revision)}
              </p>
              <ul>
                {warnings.map((warning) => (
                  <li key={warning}>{warning}</li>
                ))}
              </ul>
            </>
          )}
        </LoadedView>
      </section>
    </PageFrame>
  )
}
