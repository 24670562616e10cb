/** Reference data of `spiffe-jwt-svid`. */
import type { ProviderReference } from '../reference.ts'

export const spiffeJwtSvidReference: ProviderReference = {
  contact: 'https://github.com/spiffe/spiffe/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/keys',
  sources: {
    keyHosts: 'spiffe/spire: support/oidc-discovery-provider/handler.go',
    algorithms: 'spiffe/spiffe: standards/JWT-SVID.md',
    typ: 'spiffe/spiffe: standards/JWT-SVID.md',
    discovery: 'spiffe/spire: support/oidc-discovery-provider/handler.go',
    lifetime: 'spiffe/spiffe: standards/JWT-SVID.md',
    claims: 'spiffe/spiffe: standards/JWT-SVID.md',
  },
  claims: {},
  shapes: {
    sub: {
      kind: 'starts',
      starts: ['spiffe://'],
      whole: /^spiffe:\/\/[^/]+\/.+$/,
      is: 'a SPIFFE ID such as spiffe://acme.dev/deploy',
    },
  },
  guide: {
    tokenRequest: {
      summary: 'FetchJWTSVID on the Workload API socket.',
      env: ['SPIFFE_ENDPOINT_SOCKET'],
      command:
        'spire-agent api fetch jwt -audience https://api.example.com -socketPath /run/spire/agent/api.sock',
    },
    audience: 'workload',
    lifetime: 'Operator setting; the standard sets no limit.',
    subjectFormats: ['spiffe://{trust-domain}/{path}'],
    traps: [
      'The issuer pattern accepts any https host; use it to validate an issuer typed by an operator, never to admit an issuer read from a token.',
      'iss is optional in the standard: a token may have none, and the trust domain in sub then selects the key set. Edgemint needs a token with iss, as SPIRE makes them.',
      'kid is optional in the header and keys in a SPIFFE bundle have use = jwt-svid, which generic JWKS code ignores or refuses. The SPIRE provider sets use = sig only if told to.',
      'A trust domain must be bound to one key set: a federated or malicious issuer must not be able to sign another trust domain. Check that the trust domain of sub equals the configured one, exactly.',
      'typ may be JWT or JOSE.',
      'Several audiences allow replay between them: accept one.',
      'Permit only the algorithms of the standard; no HMAC, no EdDSA.',
    ],
    unverified: [],
  },
}
