/** Why the step cannot go on, for the person who reads the job's log. Holds no token. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure'
  /** What else to know or to change, a line each. */
  readonly hints: readonly string[]

  constructor(sentence: string, hints: readonly string[] = []) {
    super(sentence)
    this.hints = hints
  }
}

/** The system's own word for what went wrong, such as ENOENT. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
