/** What a form of output gets, and what it answers with: values, so that one place does the writing. */
import type { Environment } from './inputs.ts'

type PlannedFile = { readonly path: string; readonly content: string }

export type Delivery = {
  /** The first is the one that the step announces. */
  readonly files?: readonly PlannedFile[]
  /** For the later steps of the job. */
  readonly variables?: Readonly<Record<string, string>>
  /** Other spellings of the token. */
  readonly masks?: readonly string[]
  readonly isStepOutput?: true
}

/**
 * Each form is prepared before a token is asked for: whatever it reads is read then, and what cannot
 * be used ends the step. The paths of the files are the same for every token.
 */
export type Deliver = (token: string) => Delivery

export type Surroundings = {
  /** Of this step alone; in it a form may use its own name. */
  readonly directory: string
  readonly environment: Environment
}
