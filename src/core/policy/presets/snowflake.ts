/** Snowflake: workload identity federation of a service user with `TYPE = OIDC`. */
import { EXCHANGED_AT_ONCE_SECONDS, type Preset } from './preset.ts'

export const SNOWFLAKE: Preset = {
  name: 'snowflake',
  // The documentation names no algorithm. RS256 is the one that every OpenID provider must support
  // (OIDC Core §15.1): https://docs.snowflake.com/en/user-guide/workload-identity-federation
  algorithms: ['RS256'],
  typs: ['JWT', 'at+jwt'],
  // The default of `OIDC_AUDIENCE_LIST`: https://docs.snowflake.com/en/sql-reference/sql/create-user
  audience: { usual: 'snowflakecomputing.com' },
  lifetime: { usualSeconds: EXCHANGED_AT_ONCE_SECONDS },
  // Any text. It is compared with `SUBJECT` of the user:
  // https://docs.snowflake.com/en/sql-reference/sql/create-user
  subject: { form: 'text' },
  // https://docs.snowflake.com/en/user-guide/workload-identity-federation
  requiredClaims: ['iss', 'sub', 'aud', 'exp'],
}
