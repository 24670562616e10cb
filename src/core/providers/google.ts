/**
 * Identity tokens of Google service accounts. One issuer for all of Google; only `sub` is never
 * reused.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const googleServiceAccount: ProviderProfile = {
  id: 'google-service-account',
  name: 'Google service account ID tokens (metadata server, Cloud Run, GKE workload identity, impersonation)',
  status: 'verified',
  tenancy: 'shared',
  issuer: { kind: 'fixed', url: 'https://accounts.google.com' },
  // Its discovery document says https://www.googleapis.com/oauth2/v3/certs.
  keyHosts: ['www.googleapis.com'],
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('azp', { immutable: true, recorded: true }),
    claim('email', { immutable: false, influence: 'low' }),
    claim('email_verified', { types: ['boolean'] }),
    claim('google', { types: ['object'] }),
    claim(['google', 'compute_engine', 'project_id'], { immutable: false, influence: 'low' }),
    claim(['google', 'compute_engine', 'project_number'], {
      types: ['number'],
      immutable: true,
      recorded: true,
    }),
    claim(['google', 'compute_engine', 'zone'], { influence: 'low' }),
    claim(['google', 'compute_engine', 'instance_id'], { immutable: true, recorded: true }),
    claim(['google', 'compute_engine', 'instance_name'], { immutable: false, influence: 'low' }),
    claim(['google', 'compute_engine', 'instance_creation_timestamp'], { types: ['number'] }),
    claim(['google', 'compute_engine', 'instance_confidentiality'], { types: ['number'] }),
    claim(['google', 'compute_engine', 'license_id'], { types: ['array'] }),
  ],
  tenantClaims: [],
  projectClaims: [['sub'], ['azp'], ['google', 'compute_engine', 'instance_id']],
  // Tokens of users have an OAuth client here, such as the one that all gcloud users share.
  tenantTexts: [{ path: ['azp'], text: /^\d+$/ }],
  emailIs: 'reusable',
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 3600,
  sharedAudiences: [],
  names: { projectId: ['sub'] },
}
