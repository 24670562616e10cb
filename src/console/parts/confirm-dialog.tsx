/** Asks before something that cannot be undone. */
import { useEffect, useId, useRef } from 'preact/hooks'

type Props = {
  readonly question: string
  readonly action: string
  readonly cancel: string
  readonly onConfirm: () => void
  readonly onClose: () => void
}

export function ConfirmDialog({ question, action, cancel, onConfirm, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={id} onClose={onClose}>
      <p id={id}>{question}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          {cancel}
        </button>
        <button
          type="button"
          class="button danger"
          onClick={() => {
            dialog.current?.close()
            onConfirm()
          }}
        >
          {action}
        </button>
      </div>
    </dialog>
  )
}
