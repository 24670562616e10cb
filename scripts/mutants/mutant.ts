/** A change that removes a check or adds something forbidden, and the tests that must notice. */

export type Mutant = {
  /** Ids of the checks, as in the titles of the tests, and a short description. */
  readonly id: string
  readonly file: string
  /** The current source. The file must contain it exactly once. */
  readonly from: string
  readonly to: string
  /** The tests that must notice, and the lane that runs them: the project of most of them. */
  readonly project: 'core' | 'analysis' | 'node' | 'worker' | 'conformance'
  readonly tests: string
}

export const mutant =
  (file: string, project: Mutant['project'], tests: string) =>
  (id: string, from: string, to: string): Mutant => ({ id, file, from, to, project, tests })
