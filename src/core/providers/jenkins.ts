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
    pattern: /^https:\/\/(?<base>[A-Za-z0-9.-]+(?::\d+)?(?:\/[A-Za-z0-9._~%-]+)*)\/oidc$/,
    example: 'https://jenkins.example.com/oidc',
  },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('build_number', 'Default extra claim; the type is set by the template.', {
      types: ['number'],
    }),
  ],
  claimPrefixes: [''],
  tenantClaims: [],
  projectClaims: [['sub']],
  unsafeEvents: [],
  replay: 'no_jti',
  maxLifetimeSeconds: 3600,
  sharedAudiences: [],
  names: {},
}
