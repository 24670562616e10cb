/**
 * Service account tokens of any Kubernetes cluster with a reachable issuer or uploaded keys. The
 * claims nest under a name that holds a dot. `sub` must name the same service account as they do
 * (K8-03).
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

const ROOT = 'kubernetes.io'
const immutable = { immutable: true } as const
const reusable = { immutable: false, influence: 'low' } as const

export const kubernetes: ProviderProfile = {
  id: 'kubernetes',
  name: 'Kubernetes service account tokens',
  status: 'verified',
  tenancy: 'self_hosted',
  issuer: {
    kind: 'pattern',
    pattern: /^https:\/\/(?<host>[^/]+)(?<path>(?:\/[^/]+)*\/?)$/,
    example: 'https://oidc.cluster.example.com',
  },
  algorithms: ['RS256', 'ES256', 'ES384', 'ES512'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim(ROOT, 'Holds the bound objects.', { types: ['object'], class: 'required' }),
    claim([ROOT, 'namespace'], 'Namespace of the service account.', {
      ...reusable,
      class: 'required',
    }),
    claim([ROOT, 'serviceaccount', 'name'], 'Service account name.', {
      ...reusable,
      class: 'required',
    }),
    claim([ROOT, 'serviceaccount', 'uid'], 'Service account UID; new after recreation.', immutable),
    claim([ROOT, 'pod', 'name'], 'Pod name; only in pod-bound tokens.', {
      immutable: false,
      influence: 'medium',
    }),
    claim([ROOT, 'pod', 'uid'], 'Pod UID.', immutable),
    claim([ROOT, 'node', 'name'], 'Node name; newer servers only.', reusable),
    claim([ROOT, 'node', 'uid'], 'Node UID.', immutable),
    claim([ROOT, 'secret', 'name'], 'Secret name; only in secret-bound tokens.', reusable),
    claim([ROOT, 'warnafter'], 'Marks a token whose life was extended for compatibility.', {
      types: ['number'],
    }),
  ],
  tenantClaims: [[ROOT, 'namespace']],
  projectClaims: [['sub'], [ROOT, 'serviceaccount', 'uid']],
  subjectIs: ['system:serviceaccount:', [ROOT, 'namespace'], ':', [ROOT, 'serviceaccount', 'name']],
  narrowing: [['sub']],
  unsafeEvents: [],
  replay: 'reused',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: [
    'https://kubernetes.default.svc',
    'https://kubernetes.default.svc.cluster.local',
  ],
  names: {
    ownerId: [ROOT, 'namespace'],
    projectId: [ROOT, 'serviceaccount', 'uid'],
    runner: [ROOT, 'node', 'name'],
  },
}
