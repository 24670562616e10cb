/** Asks for a message, and for a reason if there are unresolved findings, and applies the draft. */
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { DocumentProblem, RevisionSummary } from '../../../contract/admin.ts'
import type { ApiFailure } from '../../api/failure.ts'
import { Field } from '../../parts/field.tsx'
import { Name } from '../../parts/name.tsx'
import { DialogFailure } from '../../session/sign-in-again.tsx'
import { APPLY, CHANGES, PROBLEMS } from '../../texts/editor.ts'
import type { Assessment } from './document/door.ts'
import { composeMessage } from './message.ts'
import { ChangeList } from './panels/changes.tsx'
import { applyTrust, validate } from './trust-api.ts'

export type Ready = {
  readonly document: unknown
  /** Undefined if the checks could not be loaded. */
  readonly assessment: Extract<Assessment, { readonly kind: 'valid' }> | undefined
}

type Props = {
  readonly ready: Ready
  readonly revision: number
  readonly message: string
  readonly onMessage: (message: string) => void
  readonly onApplied: (summary: RevisionSummary) => void
  readonly onStale: () => void
  readonly onRefused: (problems: readonly DocumentProblem[]) => void
  readonly onClose: () => void
}

export function ApplyDialog(props: Props) {
  const { ready, revision, message, onMessage, onApplied, onStale, onRefused, onClose } = props
  const { document, assessment } = ready
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const [isConfirmed, setConfirmed] = useState(false)
  const [reason, setReason] = useState('')
  const [fault, setFault] = useState<{
    readonly field: 'message' | 'reason'
    readonly text: string
  }>()
  const [failure, setFailure] = useState<ApiFailure>()
  const [isBusy, setBusy] = useState(false)
  const findings = assessment?.findings.concerned ?? []
  useEffect(() => dialog.current?.showModal(), [])

  async function submit(event: Event) {
    event.preventDefault()
    const composed = composeMessage({
      ...{ message, isConfirmed, reason, findings: findings.map(({ id }) => id) },
    })
    if (!composed.ok) {
      setFault({ field: composed.field, text: composed.fault })
      dialog.current?.querySelector<HTMLElement>(`[name="${composed.field}"]`)?.focus()
      return
    }
    setFault(undefined)
    setFailure(undefined)
    setBusy(true)
    await send(composed.message)
    setBusy(false)
  }

  async function send(whole: string) {
    const checked = await validate(document)
    if (!checked.ok) return setFailure(checked.error)
    if (!checked.value.valid) return onRefused(checked.value.problems)
    const applied = await applyTrust(document, revision, whole)
    switch (applied.kind) {
      case 'applied':
        return onApplied(applied.summary)
      case 'stale':
        return onStale()
      case 'refused':
        return onRefused(applied.problems)
      case 'failed':
        return setFailure(applied.failure)
    }
  }

  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={titleId}
      // The gateway may apply a request that is on its way, so its answer is waited for.
      onCancel={(event) => isBusy && event.preventDefault()}
      onClose={onClose}
    >
      <form onSubmit={(event) => void submit(event)} novalidate>
        <h2 id={titleId}>{APPLY.title}</h2>
        <p>{APPLY.lead(revision)}</p>
        {assessment !== undefined && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus (WCAG 2.1.1).
          <section class="scroll-box" tabIndex={0} aria-label={CHANGES.title}>
            <ChangeList changes={assessment.changes} />
          </section>
        )}
        <Field
          label={APPLY.message}
          hint={APPLY.messageHint}
          fault={fault?.field === 'message' ? fault.text : undefined}
        >
          {(ids) => (
            <input
              {...ids}
              name="message"
              value={message}
              autocomplete="off"
              onInput={({ currentTarget }) => onMessage(currentTarget.value)}
            />
          )}
        </Field>
        {findings.length > 0 && (
          <fieldset class="findings-box">
            <legend>{APPLY.findings(findings.length)}</legend>
            <ul class="problems">
              {findings.map(({ id, severity, rule, message: what }, index) => (
                <li key={index}>
                  <span class={`badge ${severity === 'error' ? 'bad' : 'warn'}`}>
                    {id} {PROBLEMS.severities[severity]}
                  </span>{' '}
                  {rule !== undefined && <Name text={rule} isCode />} <Name text={what} />
                </li>
              ))}
            </ul>
            <p class="hint">{APPLY.findingsExplain}</p>
            <label class="choice">
              <input
                type="checkbox"
                checked={isConfirmed}
                onChange={({ currentTarget }) => setConfirmed(currentTarget.checked)}
              />{' '}
              {APPLY.confirm}
            </label>
            <Field
              label={APPLY.reason}
              hint={APPLY.reasonHint}
              fault={fault?.field === 'reason' ? fault.text : undefined}
            >
              {(ids) => (
                <input
                  {...ids}
                  name="reason"
                  value={reason}
                  autocomplete="off"
                  onInput={({ currentTarget }) => setReason(currentTarget.value)}
                />
              )}
            </Field>
          </fieldset>
        )}
        {failure !== undefined && <DialogFailure failure={failure} />}
        <div class="dialog-actions">
          <button
            type="button"
            class="button"
            disabled={isBusy}
            onClick={() => dialog.current?.close()}
          >
            {APPLY.cancel}
          </button>
          <button type="submit" class="button strong" disabled={isBusy}>
            {isBusy ? APPLY.applying : APPLY.apply}
          </button>
        </div>
      </form>
    </dialog>
  )
}
