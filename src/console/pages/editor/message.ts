/** The message of a revision, with the reason for findings that are not resolved. */
import { MAX_REVISION_MESSAGE_CHARACTERS } from '../../../contract/limits.ts'
import { APPLY } from '../../texts/editor.ts'

export type MessageForm = {
  readonly message: string
  /** The ids of the findings that stop `edgemint apply`, which the user must confirm. */
  readonly findings: readonly string[]
  readonly isConfirmed: boolean
  readonly reason: string
}

export type ComposedMessage =
  | { readonly ok: true; readonly message: string }
  | { readonly ok: false; readonly field: 'message' | 'reason'; readonly fault: string }

export function composeMessage(form: MessageForm): ComposedMessage {
  const message = onOneLine(form.message)
  if (message === '') return { ok: false, field: 'message', fault: APPLY.messageNeeded }
  const ids = [...new Set(form.findings)]
  const reason = onOneLine(form.reason)
  if (ids.length > 0 && (!form.isConfirmed || reason === '')) {
    return { ok: false, field: 'reason', fault: APPLY.confirmNeeded }
  }
  const whole = ids.length === 0 ? message : APPLY.accepted(message, ids.join(', '), reason)
  // The gateway counts UTF-16 code units too.
  if (whole.length > MAX_REVISION_MESSAGE_CHARACTERS) {
    return { ok: false, field: 'message', fault: APPLY.tooLong(MAX_REVISION_MESSAGE_CHARACTERS) }
  }
  return { ok: true, message: whole }
}

/** The gateway refuses control characters. */
function onOneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
}
