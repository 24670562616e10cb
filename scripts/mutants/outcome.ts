/**
 * What one run of the tests says about a change, read from the JSON report of the test runner. A
 * change is noticed when an assertion of a named test fails. A test that ran out of time and a run
 * that broke say nothing about the change, so each is an outcome of its own.
 */

export type Outcome =
  | { readonly kind: 'noticed'; readonly test: string }
  | { readonly kind: 'survived' }
  | { readonly kind: 'timed_out'; readonly test: string }
  | { readonly kind: 'broke'; readonly said: string }

/** The members of the report that are read here. */
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

/** Vitest's words for a test or a hook that ran out of time. */
const TIMED_OUT = /\b(?:Test|Hook) timed out in \d+ms/

/** The words of `test/support/canary/report.ts`. */
const CANARY = /^(?:AssertionError: |Error: )?the canary was seen: expected /

/** The outcome of a run with exit code `status`; `null` when the run was ended for its time. */
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
  // The canary is asked for behind the last test of a file too, where no test can fail any more.
  const seen = files.find((file) => CANARY.test(file.message ?? ''))
  if (seen !== undefined) return { kind: 'noticed', test: seen.name }
  const message = files.map((file) => file.message ?? '').find((text) => text !== '')
  return { kind: 'broke', said: firstLine(message ?? 'the run failed and no test of it did') }
}

/**
 * A failed `expect`, or a property that does not hold. Behind `.resolves` and `.rejects` Vitest
 * gives a failed `expect` the stack of a plain `Error`, so those are known by their words.
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
