/** Reference data of `auth0`. */
import type { ProviderReference } from '../reference.ts'

export const auth0Reference: ProviderReference = {
  contact: 'https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/.well-known/jwks.json',
  sources: {
    keyHosts:
      'https://auth0.com/docs/get-started/applications/configure-applications-with-oidc-discovery',
    algorithms:
      'https://auth0.github.io/node-auth0/variables/management.Management.SigningAlgorithmEnum.html',
    typ: 'https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles',
    discovery:
      'https://auth0.com/docs/get-started/applications/configure-applications-with-oidc-discovery',
  },
  claims: {
    azp: 'Client id.',
    client_id: 'Client id, in access tokens of the RFC 9068 profile.',
    scope: 'Scopes.',
  },
  guide: {
    tokenRequest: {
      summary:
        'Authorization code flow with PKCE for people; client credentials with audience for services.',
      env: [],
      command: null,
    },
    audience: 'client, within registered APIs',
    lifetime: 'Operator setting.',
    subjectFormats: ['{connection}|{user id} for people', '{client id}@clients for machines'],
    traps: [
      'The issuer ends in a slash and is compared with it. The discovery URL must not have a second slash.',
      'Access tokens for people often have two audiences (API and userinfo).',
      'Auth0 offers HS256 for APIs. Never allow it.',
      'A new tenant may allow anyone to sign up, so a valid token does not prove that its subject is an administrator. Require a role or an allow-list of sub.',
    ],
    unverified: [
      'Everything except issuer form, algorithm, key size and azp. The forms of sub and the audiences are general knowledge.',
    ],
  },
}
