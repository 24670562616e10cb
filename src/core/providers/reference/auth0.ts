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
      'The issuer ends in a slash and must be compared with it; the discovery URL must not get a second one.',
      'Access tokens for people often have two audiences (API and userinfo).',
      'HS256 is offered for APIs: never allow it.',
      'A new tenant may let anyone sign up: a valid token is not an admin. Require a role or an allow-list of sub.',
    ],
    unverified: [
      'Everything except issuer form, algorithm, key size, azp; sub forms and audiences are general knowledge.',
    ],
  },
}
