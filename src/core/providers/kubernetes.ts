/**
 * Service account tokens of any Kubernetes cluster with a reachable issuer or uploaded keys. The
 * claims are nested under a name with a dot. `sub` must name the same service account as these claims
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
    claim(ROOT, { types: ['object'], class: 'required' }),
    claim([ROOT, 'namespace'], { ...reusable, class: 'required', recorded: true }),
    claim([ROOT, 'serviceaccount', 'name'], { ...reusable, class: 'required' }),
    claim([ROOT, 'serviceaccount', 'uid'], { ...immutable, recorded: true }),
    claim([ROOT, 'pod', 'name'], { immutable: false, influence: 'medium' }),
    claim([ROOT, 'pod', 'uid'], { ...immutable, recorded: true }),
    claim([ROOT, 'node', 'name'], reusable),
    claim([ROOT, 'node', 'uid'], { ...immutable, recorded: true }),
    claim([ROOT, 'secret', 'name'], reusable),
    claim([ROOT, 'warnafter'], { types: ['number'] }),
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
  job: [ROOT, 'pod', 'uid'],
  names: {
    ownerId: [ROOT, 'namespace'],
    projectId: [ROOT, 'serviceaccount', 'uid'],
    runner: [ROOT, 'node', 'name'],
  },
}
