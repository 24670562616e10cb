/** Reference data of `chainguard`. */
import type { ProviderReference } from '../reference.ts'
import { EMAIL } from './shape.ts'

export const chainguardReference: ProviderReference = {
  contact: 'https://edu.chainguard.dev/',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: null,
  sources: { claims: 'sigstore/fulcio: pkg/identity/chainguard/principal.go' },
  claims: {
    act: 'Identity that was used to assume this one: iss, sub, aud of the original token.',
    'internal.service-principal': 'Name of a Chainguard service principal.',
    email: 'For people.',
    email_verified: 'For people.',
  },
  shapes: {
    email: EMAIL,
  },
  guide: {
    tokenRequest: {
      summary:
        'Chainguard is a token service itself: a workload exchanges its own OIDC token for a Chainguard token. The exact call is not verified.',
      env: [],
      command: null,
    },
    audience: 'workload',
    lifetime: 'Not verified.',
    subjectFormats: ['UID path'],
    traps: [
      'The token is the result of an exchange, and act contains the original identity. A chain of exchanges hides the first identity unless act is kept and limited in depth.',
      'The issuer also signs tokens of people.',
    ],
    unverified: [
      'Algorithm, audience, lifetime and the request. Only the claims in Fulcio tests were read.',
    ],
  },
}
