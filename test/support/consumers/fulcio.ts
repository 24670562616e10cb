/**
 * Sigstore Fulcio, an issuer of type `uri`: https://github.com/sigstore/fulcio/blob/main/docs/oidc.md
 * and https://github.com/sigstore/fulcio/blob/main/docs/new-idp-requirements.md
 */
import { accept, readToken, refuse, type Validator } from './presented.ts'

const ALGORITHMS = 'RS256 RS384 RS512 ES256 ES384 ES512 PS256 PS384 PS512 EdDSA'.split(' ')
/** The `SubjectDomain` of the configuration. */
const SUBJECT_DOMAIN = 'https://builds.example.com'

export const validateFulcio: Validator = async (presented) => {
  const read = await readToken(presented, ALGORITHMS, ['iss', 'sub', 'aud', 'iat', 'exp'])
  if (typeof read === 'string')
    return refuse(`There was an error processing the identity token: ${read}`)
  const { sub = '' } = read.claims
  if (!URL.canParse(sub)) return refuse('The challenge failed: subject is no URI')
  const subject = new URL(sub)
  const domain = new URL(SUBJECT_DOMAIN)
  if (subject.protocol !== domain.protocol || subject.hostname !== domain.hostname) {
    return refuse('The challenge failed: subject URI hostname does not match the SubjectDomain')
  }
  return accept(read)
}
