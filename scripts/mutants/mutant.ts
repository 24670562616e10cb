/** A change that takes a check away, or adds what must never be there, and who must notice. */

export type Mutant = {
  /** Ids of the checks, as in the titles of the tests. */
  readonly id: string
  readonly file: string
  /** The source as it stands, once in the file. */
  readonly from: string
  readonly to: string
  /** The tests that must notice, and the lane that runs them: the project of most of them. */
  readonly project: 'core' | 'node' | 'worker' | 'conformance'
  readonly tests: string
}

export const mutant =
  (file: string, project: Mutant['project'], tests: string) =>
  (id: string, from: string, to: string): Mutant => ({ id, file, from, to, project, tests })
