/**
 * Jenkins with its OpenID Connect provider plugin. Its administrator defines the claims, so any
 * name can occur.
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
  // The owner of each credential chooses its algorithm.
  algorithms: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'],
  types: ['jwt', null],
  claims: [...REGISTERED_CLAIMS, claim('build_number', { types: ['number'], recorded: true })],
  claimPrefixes: [''],
  tenantClaims: [],
  projectClaims: [['sub']],
  unsafeEvents: [],
  replay: 'no_jti',
  // The default is an hour. The administrator can set any number of seconds.
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: [],
  names: {},
}
