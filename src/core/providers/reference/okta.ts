/** Reference data of `okta`. */
import type { ProviderReference } from '../reference.ts'
import { EMAIL } from './shape.ts'

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
  shapes: {
    email: EMAIL,
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
      'Access tokens of the organization issuer (without /oauth2/...) are only for Okta, and others must not validate them. Use a custom authorization server or id_tokens.',
      'sub of access tokens is a login name that can change. Use uid, or sub of the id_token.',
      'Group names can change.',
    ],
    unverified: ['Everything except issuer form, algorithm, key size, cid, scp.'],
  },
}
