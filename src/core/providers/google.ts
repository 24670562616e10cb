/**
 * Identity tokens of Google service accounts. One issuer for all of Google; only `sub` is never
 * used again.
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
    claim('azp', 'Same as sub for service accounts.', { immutable: true }),
    claim('email', 'Service account email; absent unless asked for when impersonating.', {
      immutable: false,
      influence: 'low',
    }),
    claim('email_verified', 'Must be true before email is used.', { types: ['boolean'] }),
    claim('google', 'Only with format=full on Compute Engine.', { types: ['object'] }),
    claim(['google', 'compute_engine', 'project_id'], 'Project id.', {
      immutable: false,
      influence: 'low',
    }),
    claim(['google', 'compute_engine', 'project_number'], 'Project number.', {
      types: ['number'],
      immutable: true,
    }),
    claim(['google', 'compute_engine', 'zone'], 'Zone.', { influence: 'low' }),
    claim(['google', 'compute_engine', 'instance_id'], 'Instance id.', { immutable: true }),
    claim(['google', 'compute_engine', 'instance_name'], 'Instance name.', {
      immutable: false,
      influence: 'low',
    }),
    claim(['google', 'compute_engine', 'instance_creation_timestamp'], 'Creation time.', {
      types: ['number'],
    }),
    claim(['google', 'compute_engine', 'instance_confidentiality'], 'Confidential VM flag.', {
      types: ['number'],
    }),
    claim(['google', 'compute_engine', 'license_id'], 'Licence ids, when asked for.', {
      types: ['array'],
    }),
  ],
  tenantClaims: [],
  projectClaims: [['sub'], ['azp'], ['google', 'compute_engine', 'instance_id']],
  // Users' tokens have an OAuth client here, such as the one that every gcloud shares.
  tenantTexts: [{ path: ['azp'], text: /^\d+$/ }],
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 3600,
  sharedAudiences: [],
  names: { projectId: ['sub'] },
}
