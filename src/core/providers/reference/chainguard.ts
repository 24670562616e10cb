/** Reference data of `chainguard`. */
import type { ProviderReference } from '../reference.ts'

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
  guide: {
    tokenRequest: {
      summary:
        'Itself a token service: a workload exchanges its own OIDC token for a Chainguard token. Exact call not verified.',
      env: [],
      command: null,
    },
    audience: 'workload',
    lifetime: 'Not verified.',
    subjectFormats: ['UID path'],
    traps: [
      'A token that is itself the result of an exchange: act names the true origin. Chained exchange hides the first identity unless act is kept and limited in depth.',
      'People and services share the issuer.',
    ],
    unverified: [
      'Algorithm, audience, lifetime, request call; only the claim shapes in Fulcio tests were read.',
    ],
  },
}
