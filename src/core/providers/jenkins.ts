/**
 * Jenkins with its OpenID Connect provider plugin. Its administrator writes the claims, so any
 * name may occur.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const jenkins: ProviderProfile = {
  id: 'jenkins',
  name: 'Jenkins OpenID Connect Provider plugin',
  status: 'verified',
  tenancy: 'self_hosted',
  issuer: {
    kind: 'pattern',
    pattern: /^https:\/\/(?<base>[^/]+(?:\/[^/]+)*)\/oidc(?:\/job\/[^/]+)*$/,
    example: 'https://jenkins.example.com/oidc',
  },
  // Each credential has the algorithm that its owner chose.
  algorithms: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'],
  types: ['jwt', null],
  claims: [...REGISTERED_CLAIMS, claim('build_number', { types: ['number'], recorded: true })],
  claimPrefixes: [''],
  tenantClaims: [],
  projectClaims: [['sub']],
  unsafeEvents: [],
  replay: 'no_jti',
  // An hour by default; the administrator may set any number of seconds.
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: [],
  names: {},
}
