/** Databricks: OAuth token federation with a policy of a service principal. */
import { EXCHANGED_AT_ONCE_SECONDS, type Preset } from './preset.ts'

export const DATABRICKS: Preset = {
  name: 'databricks',
  // RS256 or ES256: https://docs.databricks.com/aws/en/dev-tools/auth/oauth-federation-exchange
  algorithms: ['ES256', 'RS256'],
  typs: ['JWT', 'at+jwt'],
  // Any audience that the policy lists; by default the id of the account:
  // https://docs.databricks.com/aws/en/dev-tools/auth/oauth-federation-policy
  audience: {},
  lifetime: { usualSeconds: EXCHANGED_AT_ONCE_SECONDS },
  // Any text. It is compared with the subject of the policy:
  // https://docs.databricks.com/aws/en/dev-tools/auth/oauth-federation-policy
  subject: { form: 'text' },
  // https://docs.databricks.com/aws/en/dev-tools/auth/oauth-federation-policy
  requiredClaims: ['iss', 'sub', 'aud'],
}
