/** The input and the result of a form of output. The result is plain data, which main.ts writes. */
import type { Environment } from './inputs.ts'

type PlannedFile = { readonly path: string; readonly content: string }

export type Delivery = {
  /** The path of the first file becomes the step's output `file`. */
  readonly files?: readonly PlannedFile[]
  /** Variables for the later steps of the job. */
  readonly variables?: Readonly<Record<string, string>>
  /** Other encodings of the token that must be masked. */
  readonly masks?: readonly string[]
  readonly isStepOutput?: true
}

/**
 * Makes the delivery of a token. Each form is prepared before a token is requested: it reads the
 * existing configuration, and a problem ends the step. The file paths do not depend on the token.
 */
export type Deliver = (token: string) => Delivery

export type Surroundings = {
  /** A directory that only this step uses. Each form uses its own file names in it. */
  readonly directory: string
  readonly environment: Environment
}
