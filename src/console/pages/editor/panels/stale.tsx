/** Somebody applied another revision since the draft began: what changed, and the ways on. */
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { KeptRevision } from '../../../../contract/admin.ts'
import { Moment } from '../../../parts/moment.tsx'
import { Name } from '../../../parts/name.tsx'
import { STALE } from '../../../texts/editor.ts'
import { loadRevisionsSince, type Revision } from '../trust-api.ts'
import type { Tools } from '../use-tools.ts'
import { ChangeList } from './changes.tsx'

type Props = {
  /** Undefined if the checks could not be loaded. */
  readonly tools: Tools | undefined
  readonly base: Revision
  /** The revision that the draft began at. */
  readonly began: number
  /** False: the gateway no longer has the document that the draft began at. */
  readonly isBaseKnown: boolean
  readonly current: Revision
  /** False while the text has problems. */
  readonly canRebase: boolean
  readonly onRebase: () => void
  readonly onKeep: () => void
  readonly onTake: () => void
}

export function Stale(props: Props) {
  const { tools, base, began, isBaseKnown, current, canRebase, onRebase, onKeep, onTake } = props
  const [revisions, setRevisions] = useState<readonly KeptRevision[]>([])
  useEffect(() => {
    void loadRevisionsSince(began).then(setRevisions)
  }, [began, current.revision])
  const changes = useMemo(
    () => tools?.diffTrust(base.document, current.document) ?? [],
    [tools, base.document, current.document],
  )
  return (
    <section class="notice warn stale" aria-labelledby="stale-title" role="alert">
      <h2 id="stale-title">{STALE.title(current.revision)}</h2>
      <p>{STALE.detail(began)}</p>
      {revisions.length > 0 && (
        <ul>
          {revisions.map(({ revision, author, message, applied_at: at }) => (
            <li key={revision}>
              <Name text={STALE.by(revision, author)} />, <Moment seconds={at} form="relative" />
              {message !== undefined && (
                <>
                  {': '}
                  <Name text={message} />
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {isBaseKnown && tools !== undefined && (
        <details open={changes.length < 6}>
          <summary>{STALE.meanwhile}</summary>
          <ChangeList changes={changes} />
        </details>
      )}
      {!isBaseKnown && <p>{STALE.unknown}</p>}
      {isBaseKnown && tools !== undefined && !canRebase && <p>{STALE.needsValid}</p>}
      <div class="page-actions">
        {isBaseKnown && tools !== undefined && (
          <button type="button" class="button strong" disabled={!canRebase} onClick={onRebase}>
            {STALE.rebase(current.revision)}
          </button>
        )}
        <button type="button" class="button" onClick={onKeep}>
          {STALE.compare}
        </button>
        <button type="button" class="button" onClick={onTake}>
          {STALE.take}
        </button>
      </div>
    </section>
  )
}
