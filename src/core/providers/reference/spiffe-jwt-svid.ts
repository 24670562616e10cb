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
      whole: /^spiffe:\/\/[a-z\d._-]+(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z\d._-]+)+$/,
      is: 'a SPIFFE ID such as spiffe://acme.dev/deploy',
    },
  },
  guide: {
    tokenRequest: {
      summary: 'Call FetchJWTSVID on the Workload API socket.',
      env: ['SPIFFE_ENDPOINT_SOCKET'],
      command:
        'spire-agent api fetch jwt -audience https://sts.example.com -socketPath /run/spire/agent/api.sock',
    },
    audience: 'workload',
    lifetime: 'Operator setting; the standard sets no limit.',
    subjectFormats: ['spiffe://{trust-domain}/{path}'],
    traps: [
      'The issuer pattern accepts any https host. Use it only to check an issuer that an operator enters, never to accept an issuer from a token.',
      'iss is optional in the standard: a token may have none, and the trust domain in sub then selects the key set. Edgemint needs a token with iss, as SPIRE makes them.',
      'kid is optional in the header. Keys in a SPIFFE bundle have use = jwt-svid, which generic JWKS code ignores or refuses. The SPIRE provider sets use = sig only if configured.',
      'A trust domain must be bound to one key set, so that a federated or malicious issuer cannot sign for another trust domain. Check that the trust domain of sub equals the configured one exactly.',
      'typ may be JWT or JOSE.',
      'With several audiences, one recipient can replay the token to another. Accept only one.',
      'Allow only the algorithms of the standard, not HMAC or EdDSA.',
    ],
    unverified: [],
  },
}
