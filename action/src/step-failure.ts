/** Why the step fails, for the reader of the job's log. It contains no token. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure'
  /** More information or what to change, one line each. */
  readonly hints: readonly string[]

  constructor(sentence: string, hints: readonly string[] = []) {
    super(sentence)
    this.hints = hints
  }
}

/** Returns the system's error code, such as ENOENT. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
