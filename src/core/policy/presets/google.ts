/** Google Cloud: workload identity federation with an OIDC provider of a pool. */
import { EXCHANGED_AT_ONCE_SECONDS, type Preset } from './preset.ts'

export const GOOGLE: Preset = {
  name: 'google',
  // RS256 or ES256:
  // https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token
  algorithms: ['ES256', 'RS256'],
  typs: ['JWT', 'at+jwt'],
  // Without allowed audiences, the full name of the provider, with or without `https:`. An allowed
  // audience has at most 256 characters:
  // https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers#oidc
  audience: { maxCharacters: 256 },
  // `exp` must be less than 48 hours after `iat`, and no token of a gateway lives longer than 24:
  // https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token
  lifetime: { usualSeconds: EXCHANGED_AT_ONCE_SECONDS },
  // `google.subject` has at most 127 bytes, and the usual mapping is `assertion.sub`:
  // https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers
  subject: { form: 'text', maxBytes: 127 },
  // https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token
  requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
}
