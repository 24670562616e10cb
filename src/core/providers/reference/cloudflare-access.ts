/** Reference data of `cloudflare-access`. */
import type { ProviderReference } from '../reference.ts'
import { EMAIL, oneOf, UUID } from './shape.ts'

export const cloudflareAccessReference: ProviderReference = {
  contact: 'https://github.com/cloudflare/cloudflare-docs/issues',
  discovery: null,
  keySet: '{issuer}/cdn-cgi/access/certs',
  sources: {
    algorithms:
      'cloudflare/cloudflare-docs: src/content/docs/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/application-token.mdx',
    typ: 'cloudflare/cloudflare-docs: src/content/docs/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/application-token.mdx',
    claims:
      'cloudflare/cloudflare-docs: src/content/docs/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/application-token.mdx',
  },
  claims: {
    type: 'app or org; require app.',
    email: 'Email verified by the identity provider; people only.',
    identity_nonce: 'Key for the identity endpoint.',
    country: 'Country of the login.',
    common_name: 'Client id of the service token; machines only.',
  },
  shapes: {
    sub: UUID,
    type: oneOf('app', 'org'),
    email: EMAIL,
    country: {
      kind: 'characters',
      one: /^[A-Z\d]$/,
      whole: /^[A-Z][A-Z\d]$/,
      is: 'two capital letters, such as DE',
    },
  },
  guide: {
    tokenRequest: {
      summary:
        'Protect the endpoint with an Access application, which adds a header. Machines use a service token.',
      env: [],
      command: null,
    },
    audience: 'issuer-fixed per application',
    lifetime: 'Session length set in Access.',
    subjectFormats: ['user UUID', 'empty string for service tokens'],
    traps: [
      'Service tokens have an empty sub and no nbf. Code that identifies sessions by sub treats all machines as one. Use common_name.',
      'Validate the header, not the cookie.',
      'A token for another application of the same team has the same issuer and keys. Only aud differs.',
      'There is no OIDC discovery document, so the gateway cannot fetch keys. Upload the key set of https://TEAM.cloudflareaccess.com/cdn-cgi/access/certs, and repeat this after each rotation, about every six weeks.',
    ],
    unverified: [],
  },
}
