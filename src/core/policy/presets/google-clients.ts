/**
 * Clients that use Google's authentication libraries with this gateway as `token_url`. The consumer
 * is your own API, so only what the libraries request differs.
 */
import { SIGNING_ALGORITHMS } from '../../../protocol/token.ts'
import { EXCHANGED_AT_ONCE_SECONDS, type Preset, SENT_WITH_REQUESTS_SECONDS } from './preset.ts'

export const GOOGLE_CLIENTS: Preset = {
  name: 'google-clients',
  algorithms: SIGNING_ALGORITHMS,
  typs: ['at+jwt', 'JWT'],
  audience: {},
  lifetime: {
    usualSeconds: SENT_WITH_REQUESTS_SECONDS,
    // google-auth-library for JavaScript refreshes a token that lives for less than five minutes
    // more (`eagerRefreshThresholdMillis`): https://github.com/googleapis/google-auth-library-nodejs
    leastSeconds: EXCHANGED_AT_ONCE_SECONDS,
  },
  subject: { form: 'text' },
  requiredClaims: [],
  // The default scope of the libraries for JavaScript and Java:
  // https://github.com/googleapis/google-auth-library-nodejs
  scopes: ['https://www.googleapis.com/auth/cloud-platform'],
}
