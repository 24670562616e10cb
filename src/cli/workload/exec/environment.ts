/** What the program of `exec` sees of the environment, and what is put there for it. */
import type { KeptToken } from '../token-keeper.ts'

const DEFAULT_VARIABLE = 'EDGEMINT_TOKEN'

export type TokenPlaces = {
  /** The variable for the token; none where it is in a file alone. */
  readonly variable: string | undefined
  readonly file: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The platform's own variables stay: they are the job's. The subject token that was put there for
 * us alone does not.
 */
export function makeEnvironment(
  environment: Environment,
  { variable, file }: TokenPlaces,
  token: KeptToken,
): Environment {
  const { EDGEMINT_SUBJECT_TOKEN: _, ...rest } = environment
  return {
    ...rest,
    ...(variable === undefined
      ? {}
      : {
          [variable]: token.accessToken,
          [`${variable}_EXPIRES_AT`]: String(Math.floor(token.expiresAt)),
        }),
    ...(file === undefined ? {} : { EDGEMINT_TOKEN_FILE: file }),
  }
}

/** A token that is refreshed in a file has no place in a variable, which cannot change. */
export function choosePlaces(variable: string | undefined, file: string | undefined): TokenPlaces {
  return { variable: variable ?? (file === undefined ? DEFAULT_VARIABLE : undefined), file }
}
