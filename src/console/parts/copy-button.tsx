/** Copies a text to the clipboard. */
import { showMessage } from '../shell/messages.tsx'
import { COPY } from '../texts/shell.ts'

type Props = { readonly text: string; readonly label: string }

export function CopyButton({ text, label }: Props) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      showMessage({ tone: 'good', text: COPY.done })
    } catch {
      // A browser allows this only on pages of secure origins.
      showMessage({ tone: 'bad', text: COPY.failed })
    }
  }
  return (
    <button type="button" class="quiet" aria-label={label} onClick={copy}>
      {COPY.action}
    </button>
  )
}
