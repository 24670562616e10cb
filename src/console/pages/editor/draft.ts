/**
 * The draft of this tab. It is kept in the session storage, so that neither a sign-in nor a reload loses
 * it. Another tab has a draft of its own.
 */

export type Draft = {
  /** The revision that the draft began at. */
  readonly revision: number
  readonly text: string
  readonly message: string
  /** Epoch milliseconds. */
  readonly savedAt: number
}

const KEY = 'edgemint-trust-draft'

export function loadDraft(): Draft | undefined {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null')
    return isDraft(value) ? value : undefined
  } catch {
    return undefined
  }
}

export function saveDraft(draft: Draft): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(draft))
  } catch {
    // The storage is full or off. The draft is still in the page.
  }
}

export function dropDraft(): void {
  try {
    sessionStorage.removeItem(KEY)
  } catch {
    // There is no storage, so there is no draft in it.
  }
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== 'object' || value === null) return false
  const { revision, text, message, savedAt } = value as Partial<Draft>
  return (
    Number.isInteger(revision) &&
    typeof text === 'string' &&
    typeof message === 'string' &&
    typeof savedAt === 'number'
  )
}
