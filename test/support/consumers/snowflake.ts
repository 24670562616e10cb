/**
 * Snowflake, a service user with `WORKLOAD_IDENTITY = (TYPE = OIDC …)`:
 * https://docs.snowflake.com/en/user-guide/workload-identity-federation. The documentation names no
 * algorithm, so only the one that every OpenID provider must support counts as accepted.
 */
import { accept, readToken, refuse, type Validator } from './presented.ts'

export const validateSnowflake: Validator = async (presented) => {
  const read = await readToken(presented, ['RS256'], ['iss', 'sub', 'aud', 'exp'])
  return typeof read === 'string' ? refuse(read) : accept(read)
}
