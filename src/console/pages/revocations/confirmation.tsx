/** The second step of a revocation: the reason, and what must be confirmed. */
import { useState } from 'preact/hooks'
import { Field } from '../../parts/field.tsx'
import { REVOCATIONS } from '../../texts/revocations.ts'
import { CONFIRM_WORD, isConfirmed } from './target.ts'

export type Confirmed = {
  readonly reason: string
  readonly keepsIssuing: boolean
  /** The user knows that this ends everything, or his own session. */
  readonly knows: boolean
}

type Props = {
  readonly isCoarse: boolean
  readonly isEverything: boolean
  readonly isOwn: boolean
  readonly isBusy: boolean
  readonly onConfirm: (confirmed: Confirmed) => void
}

export function Confirmation({ isCoarse, isEverything, isOwn, isBusy, onConfirm }: Props) {
  const [reason, setReason] = useState('')
  const [keepsIssuing, setKeepsIssuing] = useState(false)
  const [knowsOwn, setKnowsOwn] = useState(false)
  const [typed, setTyped] = useState('')
  const [fault, setFault] = useState<{
    readonly field: 'reason' | 'typed'
    readonly text: string
  }>()
  const needsBox = isOwn && !isEverything

  function submit(event: Event) {
    event.preventDefault()
    if (reason.trim() === '') return setFault({ field: 'reason', text: REVOCATIONS.reasonNeeded })
    if (isEverything && !isConfirmed(typed)) {
      return setFault({ field: 'typed', text: REVOCATIONS.typedNeeded(CONFIRM_WORD) })
    }
    setFault(undefined)
    return onConfirm({
      ...{ reason: reason.trim(), keepsIssuing },
      knows: isEverything || (needsBox && knowsOwn),
    })
  }

  return (
    <form onSubmit={submit}>
      {isCoarse && (
        <>
          <p>{REVOCATIONS.stops}</p>
          <label class="choice">
            <input
              type="checkbox"
              checked={keepsIssuing}
              onChange={({ currentTarget }) => setKeepsIssuing(currentTarget.checked)}
            />
            {REVOCATIONS.keepsIssuing}
          </label>
        </>
      )}
      {isOwn && <p class="notice warn">{REVOCATIONS.ownToken}</p>}
      {needsBox && (
        <label class="choice">
          <input
            type="checkbox"
            checked={knowsOwn}
            onChange={({ currentTarget }) => setKnowsOwn(currentTarget.checked)}
          />
          {REVOCATIONS.confirmOwn}
        </label>
      )}
      <Field label={REVOCATIONS.reason} fault={fault?.field === 'reason' ? fault.text : undefined}>
        {(ids) => (
          <input
            {...ids}
            autocomplete="off"
            value={reason}
            onInput={({ currentTarget }) => setReason(currentTarget.value)}
          />
        )}
      </Field>
      {isEverything && (
        <Field
          label={REVOCATIONS.typed(CONFIRM_WORD)}
          fault={fault?.field === 'typed' ? fault.text : undefined}
        >
          {(ids) => (
            <input
              {...ids}
              autocomplete="off"
              value={typed}
              onInput={({ currentTarget }) => setTyped(currentTarget.value)}
            />
          )}
        </Field>
      )}
      <button type="submit" class="button danger" disabled={isBusy}>
        {isBusy ? REVOCATIONS.revoking : REVOCATIONS.doRevoke}
      </button>
    </form>
  )
}
