/** The trust document in force: its revision, who applied it, when and why. */
import type { AdminHealth, KeptRevision } from '../../../contract/admin.ts'
import { Facts } from '../../parts/facts.tsx'
import { Moment } from '../../parts/moment.tsx'
import { OVERVIEW } from '../../texts/overview.ts'

type Props = {
  readonly newest: KeptRevision | undefined
  readonly health: AdminHealth | undefined
}

export function TrustCard({ newest, health }: Props) {
  return (
    <Facts
      rows={[
        [OVERVIEW.revision, describeRevision(newest, health)],
        [OVERVIEW.applied, newest && <Moment seconds={newest.applied_at} />],
        [OVERVIEW.author, newest?.author],
        [OVERVIEW.message, newest?.message],
        [OVERVIEW.release, health?.release],
      ]}
    />
  )
}

/** An isolate may use a revision for some seconds after a newer one was applied. */
function describeRevision(newest: KeptRevision | undefined, health: AdminHealth | undefined) {
  if (health?.revision === null) return OVERVIEW.revisionUnknown
  const revision = health?.revision ?? newest?.revision ?? 0
  return revision === 0 ? OVERVIEW.revisionNone : OVERVIEW.revisionInForce(revision)
}
