/** What the editor opens with: the document in force, the draft of this tab, and where it began. */
import { PROBLEMS } from '../../../contract/problems/problems.ts'
import { ok, type Result } from '../../../web/result.ts'
import { type ApiFailure, isProblem } from '../../api/failure.ts'
import { type Draft, loadDraft } from './draft.ts'
import { loadTrust, type Revision } from './trust-api.ts'

export type Start = {
  readonly current: Revision
  readonly draft: Draft | undefined
  /** The document that the draft began at; undefined if the gateway no longer has it. */
  readonly draftBase: Revision | undefined
}

export async function loadStart(
  subject: string,
  signal: AbortSignal,
): Promise<Result<Start, ApiFailure>> {
  const current = await loadTrust(undefined, signal)
  if (!current.ok) return current
  const draft = loadDraft(subject)
  if (draft === undefined || draft.revision === current.value.revision) {
    return ok({ current: current.value, draft, draftBase: current.value })
  }
  const base = await loadTrust(draft.revision, signal)
  // Only this refusal says that the document is gone. After any other failure it is asked for again.
  if (!base.ok && !isProblem(base.error, PROBLEMS.revisionUnknown.type)) return base
  return ok({ current: current.value, draft, draftBase: base.ok ? base.value : undefined })
}
