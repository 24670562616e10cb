/**
 * Reads the outcome of one change from the JSON report of the test runner. A change is noticed when
 * an assertion of a named test fails. A timeout and a broken run are outcomes of their own, because
 * they show nothing about the change.
 */

export type Outcome =
  | { readonly kind: 'noticed'; readonly test: string }
  | { readonly kind: 'survived' }
  | { readonly kind: 'timed_out'; readonly test: string }
  | { readonly kind: 'broke'; readonly said: string }

/** The members of the report that this file reads. */
export type TestReport = {
  readonly testResults: readonly {
    readonly name: string
    readonly message?: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages?: readonly string[] | null
    }[]
  }[]
}

/** The message of Vitest for a test or a hook that timed out. */
const TIMED_OUT = /\b(?:Test|Hook) timed out in \d+ms/

/** The message of `test/support/canary/report.ts`. */
const CANARY = /^(?:AssertionError: |Error: )?the canary was seen: expected /

/**
 * Returns the outcome of a run with exit code `status`. `null` means that the run reached its time
 * limit.
 */
export function readOutcome(status: number | null, report: TestReport | undefined): Outcome {
  if (status === null) return { kind: 'timed_out', test: 'the whole run' }
  if (status === 0) return { kind: 'survived' }
  const files = report?.testResults ?? []
  const failed = files.flatMap(({ assertionResults }) =>
    assertionResults.filter((result) => result.status === 'failed'),
  )
  const noticing = failed.find(({ failureMessages }) => failureMessages?.some(isAssertion))
  if (noticing !== undefined) return { kind: 'noticed', test: noticing.fullName }
  const [first] = failed
  if (first !== undefined) {
    const said = first.failureMessages?.[0] ?? ''
    if (TIMED_OUT.test(said)) return { kind: 'timed_out', test: first.fullName }
    return { kind: 'broke', said: `${first.fullName}: ${firstLine(said)}` }
  }
  // The canary is also checked after the last test of a file, where no test can fail.
  const seen = files.find((file) => CANARY.test(file.message ?? ''))
  if (seen !== undefined) return { kind: 'noticed', test: seen.name }
  const message = files.map((file) => file.message ?? '').find((text) => text !== '')
  return { kind: 'broke', said: firstLine(message ?? 'the run failed but none of its tests did') }
}

/**
 * Messages of a failed `expect` or a failed property. After `.resolves` and `.rejects`, Vitest
 * reports a failed `expect` as a plain `Error`, so these are recognized by their text.
 */
const ASSERTIONS = [
  /^AssertionError\b/,
  /^Error: Property failed\b/,
  /^Error: promise (?:rejected|resolved) "[\s\S]*" instead of (?:resolving|rejecting)/,
  /^Error: expected .+ to /,
]

function isAssertion(said: string): boolean {
  return ASSERTIONS.some((words) => words.test(said))
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? ''
}
