/** The last answers, so that a page that is opened again shows something at once. */

const MAX_ANSWERS = 20

const answers = new Map<string, unknown>()

export const hasAnswer = (key: string): boolean => answers.has(key)
export const findAnswer = (key: string): unknown => answers.get(key)

/** Keeps the answer, and forgets the oldest one if there are too many. */
export function keepAnswer(key: string, value: unknown): void {
  answers.delete(key)
  answers.set(key, value)
  const [oldest] = answers.keys()
  if (answers.size > MAX_ANSWERS && oldest !== undefined) answers.delete(oldest)
}

/** Another user may sign in next. */
export function forgetAnswers(): void {
  answers.clear()
}
