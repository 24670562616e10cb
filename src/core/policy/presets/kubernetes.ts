/** Kubernetes: an API server with a structured authentication configuration. */
import { type Preset, SENT_WITH_REQUESTS_SECONDS } from './preset.ts'

export const KUBERNETES: Preset = {
  name: 'kubernetes',
  // All asymmetric algorithms of RFC 7518. The older flags accept only RS256 by default:
  // https://kubernetes.io/docs/reference/access-authn-authz/authentication/#openid-connect-tokens
  algorithms: ['ES256', 'RS256', 'ES384', 'PS256'],
  typs: ['JWT', 'at+jwt'],
  // Any audience that `issuer.audiences` lists:
  // https://kubernetes.io/docs/reference/config-api/apiserver-config.v1/
  audience: {},
  // The token itself is sent to the API server.
  lifetime: { usualSeconds: SENT_WITH_REQUESTS_SECONDS },
  // Users and groups whose names begin with `system:` are those of the cluster itself:
  // https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects
  subject: { form: 'text', reservedPrefix: 'system:' },
  // https://kubernetes.io/docs/reference/access-authn-authz/authentication/#openid-connect-tokens
  requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
}
