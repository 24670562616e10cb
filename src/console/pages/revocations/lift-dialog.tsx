/** Asks for the reason and lets issuing go on after a coarse revocation. */
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { CoarseRevocationReport } from '../../../contract/admin.ts'
import { COARSE_GRAINS } from '../../../protocol/revocations.ts'
import type { ApiFailure } from '../../api/failure.ts'
import { Field } from '../../parts/field.tsx'
import { Name } from '../../parts/name.tsx'
import { DialogFailure } from '../../session/sign-in-again.tsx'
import { showMessage } from '../../shell/messages.tsx'
import { REVOCATIONS } from '../../texts/revocations.ts'
import { lift } from './revocations-api.ts'
import { describeTarget } from './target.ts'

type Props = {
  readonly revocation: CoarseRevocationReport
  readonly onLifted: () => void
  readonly onClose: () => void
}

export function LiftDialog({ revocation: { grain: name, id }, onLifted, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const [reason, setReason] = useState('')
  const [fault, setFault] = useState<string>()
  const [failure, setFailure] = useState<ApiFailure>()
  const [isBusy, setBusy] = useState(false)
  const what = describeTarget(name, id)
  useEffect(() => dialog.current?.showModal(), [])

  async function submit(event: Event) {
    event.preventDefault()
    const grain = COARSE_GRAINS.find((one) => one === name)
    if (reason.trim() === '' || grain === undefined) return setFault(REVOCATIONS.reasonNeeded)
    setFault(undefined)
    setFailure(undefined)
    setBusy(true)
    const answer = await lift(grain, id, reason.trim())
    setBusy(false)
    if (!answer.ok) return setFailure(answer.error)
    showMessage({ tone: 'good', text: REVOCATIONS.liftedDone(what) })
    onLifted()
    dialog.current?.close()
  }

  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={titleId}
      // The gateway may lift it, so its answer is waited for.
      onCancel={(event) => isBusy && event.preventDefault()}
      onClose={onClose}
    >
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={titleId}>{REVOCATIONS.liftTitle}</h2>
        <p>
          <Name text={REVOCATIONS.liftExplain(what)} />
        </p>
        <Field label={REVOCATIONS.reason} fault={fault}>
          {(ids) => (
            <input
              {...ids}
              autocomplete="off"
              value={reason}
              onInput={({ currentTarget }) => setReason(currentTarget.value)}
            />
          )}
        </Field>
        {failure !== undefined && <DialogFailure failure={failure} />}
        <div class="dialog-actions">
          <button
            type="button"
            class="button"
            disabled={isBusy}
            onClick={() => dialog.current?.close()}
          >
            {REVOCATIONS.cancel}
          </button>
          <button type="submit" class="button strong" disabled={isBusy}>
            {isBusy ? REVOCATIONS.lifting : REVOCATIONS.doLift}
          </button>
        </div>
      </form>
    </dialog>
  )
}
