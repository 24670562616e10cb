/** Reference data of any OpenID Connect issuer. */
import type { ProviderReference } from '../reference.ts'

export const genericOidcReference: ProviderReference = {
  contact: 'https://openid.net/specs/openid-connect-core-1_0.html',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: null,
  sources: {},
  claims: {},
  guide: undefined,
}
