/** Reference data of `okta`. */
import type { ProviderReference } from '../reference.ts'

export const oktaReference: ProviderReference = {
  contact: 'https://developer.okta.com/docs/',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: null,
  sources: {
    lifetime: 'https://support.okta.com/help/s/article/What-is-the-lifetime-of-the-JWT-tokens',
  },
  claims: {
    cid: 'Client id, in access tokens.',
    uid: 'User id, in access tokens.',
    scp: 'Scopes, in access tokens.',
    groups: 'Group names, if configured.',
    email: 'Email, in id_tokens.',
  },
  guide: {
    tokenRequest: {
      summary: 'Authorization code flow with PKCE for people; client credentials for services.',
      env: [],
      command: null,
    },
    audience: 'operator',
    lifetime: '5 minutes to 24 hours, 1 hour by default.',
    subjectFormats: ['user id in id_tokens; login name or client id in access tokens'],
    traps: [
      'Org-level access tokens (issuer without /oauth2/...) are for Okta only and must not be validated by others; use a custom authorization server, or id_tokens.',
      'sub of access tokens is a login name that can change; use uid or the id_token sub.',
      'group names are mutable.',
    ],
    unverified: ['Everything except issuer form, algorithm, key size, cid, scp.'],
  },
}
