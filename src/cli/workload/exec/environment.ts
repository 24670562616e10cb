/** Makes the environment of the program that `exec` runs. */
import type { KeptToken } from '../token-keeper.ts'

const DEFAULT_VARIABLE = 'EDGEMINT_TOKEN'
/** The variable for the path of the file with the token. */
export const FILE_VARIABLE = 'EDGEMINT_TOKEN_FILE'
/** The variable for the URL of the local proxy, which has the token. */
export const PROXY_VARIABLE = 'EDGEMINT_PROXY_URL'

export type TokenPlaces = {
  /** The variable for the token. Undefined when the token is only in a file. */
  readonly variable: string | undefined
  readonly file: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/** Adds the variables of the token. Keeps the variables of the platform, which the job may need. */
export function makeEnvironment(
  environment: Environment,
  { variable, file }: TokenPlaces,
  token: KeptToken,
): Environment {
  return {
    ...withoutSubjectToken(environment),
    ...(variable === undefined
      ? {}
      : {
          [variable]: token.accessToken,
          [`${variable}_EXPIRES_AT`]: String(Math.floor(token.expiresAt)),
        }),
    ...(file === undefined ? {} : { [FILE_VARIABLE]: file }),
  }
}

/** Removes `EDGEMINT_SUBJECT_TOKEN`, which only this command needs. */
function withoutSubjectToken(environment: Environment): Environment {
  const { EDGEMINT_SUBJECT_TOKEN: _, ...rest } = environment
  return rest
}

/** Adds the URL of the local proxy, instead of a token. */
export function makeProxyEnvironment(
  environment: Environment,
  variable: string,
  url: string,
): Environment {
  return { ...withoutSubjectToken(environment), [variable]: url }
}

/** Uses the default variable only without a file, because a variable cannot be refreshed. */
export function choosePlaces(variable: string | undefined, file: string | undefined): TokenPlaces {
  return { variable: variable ?? (file === undefined ? DEFAULT_VARIABLE : undefined), file }
}
