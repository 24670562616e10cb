/** The editor of the trust document: loads the document in force, the draft of this tab, and the checks. */
import { useData } from '../../api/use-data.ts'
import { Failure, LoadedView, Loading } from '../../parts/states.tsx'
import { PageFrame } from '../../shell/page-frame.tsx'
import type { PageProps } from '../../shell/page-props.ts'
import { EDITOR } from '../../texts/editor.ts'
import { loadStart } from './start.ts'
import { useTools } from './use-tools.ts'
import { Workbench } from './workbench.tsx'

export function Page({ session }: PageProps) {
  const start = useData('trust-editor', (signal) => loadStart(session.subject, signal), {
    // An answer of an earlier visit has the draft of that time, and showing it would lose the newer one.
    isKept: false,
  })
  const tools = useTools()
  if (start.value === undefined && start.failure !== undefined) {
    return (
      <PageFrame title={EDITOR.title}>
        <Failure failure={start.failure} onRetry={start.reload} />
      </PageFrame>
    )
  }
  return (
    <LoadedView data={start} what={EDITOR.loading}>
      {(value) =>
        tools === 'loading' ? (
          <PageFrame title={EDITOR.title}>
            <Loading what={EDITOR.loadingTools} />
          </PageFrame>
        ) : (
          <Workbench
            start={value}
            tools={tools === 'failed' ? undefined : tools}
            session={session}
          />
        )
      }
    </LoadedView>
  )
}
