/** The state of the editor: the text, the revision that it began at, and a newer one if there is one. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { DocumentProblem, RevisionSummary } from '../../../contract/admin.ts'
import { type Session, signIn } from '../../session/session.ts'
import { showMessage } from '../../shell/messages.tsx'
import { APPLY, STALE } from '../../texts/editor.ts'
import { dropApplied, isSame } from './applied.ts'
import type { Conflict, Format } from './document/door.ts'
import { type Draft, dropDraft, saveDraft } from './draft.ts'
import type { Start } from './start.ts'
import type { Placed } from './text-field.tsx'
import { loadTrust, type Revision } from './trust-api.ts'
import type { Tools } from './use-tools.ts'

/** The draft is saved this long after the last letter, and when the page is left. */
const SAVE_MILLISECONDS = 400

export function useWorkbench(
  start: Start,
  tools: Tools | undefined,
  { subject, issuer: gatewayIssuer }: Session,
) {
  const [opened] = useState(() => dropApplied(start, tools))
  const [base, setBase] = useState<Revision>(opened.draftBase ?? opened.current)
  const [newer, setNewer] = useState<Revision | undefined>(() =>
    opened.draft !== undefined && opened.draft.revision !== opened.current.revision
      ? opened.current
      : undefined,
  )
  const [isBaseKnown, setBaseKnown] = useState(opened.draftBase !== undefined)
  const [draftBegan] = useState(opened.draft?.revision)
  // The document in force takes the place of an unknown one. A draft saved with its revision would lose
  // the warning, and then undo the changes of others.
  const began = isBaseKnown ? base.revision : (draftBegan ?? base.revision)
  const write = (document: unknown, format: Format) =>
    tools === undefined
      ? `${JSON.stringify(document, null, 2)}\n`
      : tools.writeText(document, format)
  const [clean, setClean] = useState(() => write(base.document, 'yaml'))
  const [text, setText] = useState(() => opened.draft?.text ?? clean)
  const [placed, setPlaced] = useState<Placed>(() => ({ text }))
  function place(next: string): void {
    setText(next)
    setPlaced({ text: next })
  }
  const [message, setMessage] = useState(opened.draft?.message ?? '')
  const [restoredAt, setRestoredAt] = useState(opened.draft?.savedAt)
  const [conflicts, setConflicts] = useState<readonly Conflict[]>([])
  const [refused, setRefused] = useState<readonly DocumentProblem[]>([])
  const isChanged = text !== clean
  const compiledBase = useMemo(
    () => tools?.createBase(base.revision, base.document, gatewayIssuer),
    [tools, base, gatewayIssuer],
  )
  const format = tools?.formatOf(text) ?? 'json'

  // The document in force was loaded again, such as after a new sign-in.
  const known = useRef(start)
  useEffect(() => {
    if (known.current === start) return
    known.current = start
    if (start.current.revision !== base.revision) meet(start.current)
  }, [start])

  /** Meets another revision in force. Without changes of the user, it is shown at once. */
  function meet(current: Revision): void {
    if (isChanged) setNewer(current)
    else show(current)
  }

  function show(current: Revision): void {
    const shown = write(current.document, format)
    setBase(current)
    setBaseKnown(true)
    setNewer(undefined)
    setClean(shown)
    place(shown)
    setMessage('')
    setConflicts([])
    setRefused([])
    setRestoredAt(undefined)
  }

  const draft = useRef<Draft | undefined>(undefined)
  draft.current = isChanged
    ? { subject, revision: began, text, message, savedAt: Date.now() }
    : undefined
  useEffect(() => {
    if (!isChanged) return dropDraft()
    const timer = setTimeout(() => keep(draft.current), SAVE_MILLISECONDS)
    return () => clearTimeout(timer)
  }, [text, message, base, isChanged])
  useEffect(() => {
    const save = () => keep(draft.current)
    addEventListener('pagehide', save)
    return () => {
      removeEventListener('pagehide', save)
      save()
    }
  }, [])

  return {
    ...{
      base,
      began,
      isBaseKnown,
      newer,
      text,
      placed,
      message,
      restoredAt,
      conflicts,
      refused,
      isChanged,
      format,
    },
    compiledBase,
    setMessage,
    edit(next: string): void {
      setText(next)
      setRefused([])
    },
    setFormat(next: Format): boolean {
      const converted = tools?.convertText(text, next)
      if (converted === undefined) return false
      if (!isChanged) setClean(converted)
      place(converted)
      return true
    },
    discard: () => show(newer ?? base),
    setRefused,
    /** Nothing was applied, because another revision is in force. */
    async refuseStale(document: unknown): Promise<void> {
      const current = await loadTrust()
      if (!current.ok) return showMessage({ tone: 'bad', text: APPLY.staleUnknown })
      // The answer to an earlier attempt was lost.
      if (isSame(document, current.value.document, tools)) {
        return accept(current.value, APPLY.inForce(current.value.revision))
      }
      setNewer(current.value)
      showMessage({ tone: 'bad', text: APPLY.stale(current.value.revision) })
    },
    finish({ revision }: RevisionSummary, document: unknown): void {
      accept({ revision, document }, APPLY.done(revision))
    },
    rebase(): void {
      const rebased = newer && tools?.rebaseText(text, base.document, newer.document)
      if (newer === undefined || rebased === undefined) return
      adopt(newer)
      place(rebased.text)
      setConflicts(rebased.conflicts)
      showMessage({ tone: 'good', text: STALE.rebased(newer.revision) })
    },
    keepText(): void {
      if (newer === undefined) return
      adopt(newer)
      showMessage({ tone: 'plain', text: STALE.kept(newer.revision) })
    },
  }

  /** The text is the document in force. It keeps its comments. */
  function accept(current: Revision, said: string): void {
    show(current)
    setClean(text)
    place(text)
    showMessage({ tone: 'good', text: said })
  }

  function adopt(current: Revision): void {
    setBase(current)
    setBaseKnown(true)
    setNewer(undefined)
    setClean(write(current.document, format))
    setRestoredAt(undefined)
  }
}

/** A sign-out removes the draft, and the page that it closes must not save it again. */
function keep(draft: Draft | undefined): void {
  if (draft !== undefined && signIn.get().state === 'signed_in') saveDraft(draft)
}
