/**
 * The draft of this tab. It is kept in the session storage, so that neither a sign-in nor a reload loses
 * it. Another tab has a draft of its own. A sign-out removes it, and another person never gets it
 * (CON-08).
 */

export type Draft = {
  /** The person who wrote it. */
  readonly subject: string
  /** The revision that the draft began at. */
  readonly revision: number
  readonly text: string
  readonly message: string
  /** Epoch milliseconds. */
  readonly savedAt: number
}

const KEY = 'edgemint-trust-draft'

/** Removes the draft if another person wrote it. */
export function loadDraft(subject: string): Draft | undefined {
  const draft = readDraft()
  if (draft === undefined || draft.subject === subject) return draft
  dropDraft()
  return undefined
}

function readDraft(): Draft | undefined {
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
  const { subject, revision, text, message, savedAt } = value as Partial<Draft>
  return (
    typeof subject === 'string' &&
    Number.isInteger(revision) &&
    typeof text === 'string' &&
    typeof message === 'string' &&
    typeof savedAt === 'number'
  )
}
