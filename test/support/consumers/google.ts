/**
 * Google Cloud, `token` of the Security Token Service:
 * https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token. The limits of a provider:
 * https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers
 */
import { accept, readToken, refuse, type Validator } from './presented.ts'

const HOURS_48 = 48 * 3600

export const validateGoogle: Validator = async (presented) => {
  if (presented.audience.length > 256) return refuse('INVALID_ARGUMENT: allowed_audiences')
  const read = await readToken(presented, ['RS256', 'ES256'], ['iss', 'iat', 'exp', 'sub', 'aud'])
  if (typeof read === 'string') return refuse(`invalid_grant: ${read}`)
  const { header, claims } = read
  if (typeof header.kid !== 'string') return refuse('invalid_grant: no kid')
  const { iat = 0, exp = 0, sub = '' } = claims
  if (iat > presented.at) return refuse('invalid_grant: iat must be in the past')
  if (exp - iat >= HOURS_48) return refuse('invalid_grant: exp is 48 hours after iat')
  // The attribute mapping `google.subject=assertion.sub`.
  if (new TextEncoder().encode(sub).length > 127) {
    return refuse(
      'invalid_request: The size of mapped attribute google.subject exceeds the 127 bytes limit',
    )
  }
  return accept(read)
}
