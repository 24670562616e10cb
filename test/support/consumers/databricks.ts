/**
 * Databricks, a federation policy of a service principal:
 * https://docs.databricks.com/aws/en/dev-tools/auth/oauth-federation-exchange
 */
import { accept, readToken, refuse, type Validator } from './presented.ts'

export const validateDatabricks: Validator = async (presented) => {
  const read = await readToken(presented, ['RS256', 'ES256'], ['iss', 'sub', 'aud', 'exp'])
  return typeof read === 'string' ? refuse(`invalid_request: ${read}`) : accept(read)
}
