/** Sigstore Fulcio: an issuer of type `uri`, whose subject becomes the name in the certificate. */
import { EXCHANGED_AT_ONCE_SECONDS, type Preset } from './preset.ts'

export const FULCIO: Preset = {
  name: 'fulcio',
  // Fulcio verifies with go-oidc, which accepts the algorithms that the issuer's metadata lists, of
  // RS256 to RS512, ES256 to ES512, PS256 to PS512 and EdDSA. EdDSA is left out, because the gateway
  // can name it Ed25519 (RFC 9864): https://pkg.go.dev/github.com/coreos/go-oidc/v3/oidc#pkg-constants
  algorithms: ['ES256', 'RS256', 'ES384', 'PS256'],
  typs: ['JWT', 'at+jwt'],
  // https://github.com/sigstore/fulcio/blob/main/docs/oidc.md
  audience: { usual: 'sigstore' },
  lifetime: { usualSeconds: EXCHANGED_AT_ONCE_SECONDS },
  // The subject of an issuer of type `uri` is a URI with the scheme of the issuer:
  // https://github.com/sigstore/fulcio/blob/main/docs/oidc.md
  subject: { form: 'uri', prefix: 'https://' },
  // https://github.com/sigstore/fulcio/blob/main/docs/new-idp-requirements.md
  requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
}
