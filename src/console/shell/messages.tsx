/**
 * Short messages about what happened. A live region reads them out; they stay until dismissed or
 * for a while.
 */
import { SHELL } from '../texts/shell.ts'
import { createStore, useStore } from './store.ts'

export type Message = {
  readonly tone: 'good' | 'bad' | 'plain'
  readonly text: string
}

type Shown = Message & { readonly id: number }

/** A message about a failure stays until the user dismisses it. */
const SHOWN_MILLISECONDS = 8000
const MAX_SHOWN = 4

const shown = createStore<readonly Shown[]>([])
let lastId = 0

export function showMessage(message: Message): void {
  lastId += 1
  const id = lastId
  shown.set([...shown.get().slice(1 - MAX_SHOWN), { ...message, id }])
  if (message.tone !== 'bad') setTimeout(() => dismiss(id), SHOWN_MILLISECONDS)
}

function dismiss(id: number): void {
  shown.set(shown.get().filter((message) => message.id !== id))
}

/** The region is always in the page: a region that appears with its text is not read out. */
export function Messages() {
  const messages = useStore(shown)
  return (
    <section class="messages" aria-label={SHELL.messages} aria-live="polite" aria-atomic="false">
      {messages.map(({ id, tone, text }) => (
        <div key={id} class={`message ${tone}`}>
          <span>{text}</span>
          <button type="button" class="quiet" onClick={() => dismiss(id)}>
            {SHELL.dismiss}
          </button>
        </div>
      ))}
    </section>
  )
}
