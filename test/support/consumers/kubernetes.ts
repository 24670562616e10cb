/**
 * An API server of Kubernetes with a structured authentication configuration and the user
 * validation rule of its documentation:
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#openid-connect-tokens
 */
import { accept, readToken, refuse, type Validator } from './presented.ts'

const ALGORITHMS = 'RS256 RS384 RS512 ES256 ES384 ES512 PS256 PS384 PS512'.split(' ')

export const validateKubernetes: Validator = async (presented) => {
  if (!presented.issuer.startsWith('https://'))
    return refuse('issuer.url: URL scheme must be https')
  const read = await readToken(presented, ALGORITHMS, ['iss', 'aud', 'exp', 'sub'])
  if (typeof read === 'string') return refuse(`oidc: verify token: ${read}`)
  const { sub: username = '' } = read.claims
  if (username === '') return refuse('oidc: username is empty')
  if (username.startsWith('system:')) {
    return refuse(
      'oidc: error evaluating user info validation rule: username cannot used reserved system: prefix',
    )
  }
  return accept(read)
}
