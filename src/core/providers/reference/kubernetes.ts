/** Reference data of `kubernetes`. */
import type { ProviderGuide, ProviderReference } from '../reference.ts'
import { NAME, type Shape, UUID } from './shape.ts'

const OBJECT_NAME: Shape = {
  ...NAME,
  name: /^[a-z0-9.-]+$/,
  is: 'the name of an object in lower case, such as worker-1',
}

/** How to request a service account token on every cluster, and the form of its subject. */
export const SERVICE_ACCOUNT_GUIDE = {
  tokenRequest: {
    summary:
      'Mount a projected service account token volume with an audience, or use the TokenRequest API.',
    env: [],
    command:
      'kubectl create token worker -n payments --audience https://sts.example.com --duration 10m',
  },
  audience: 'workload',
  subjectFormats: ['system:serviceaccount:{namespace}:{name}'],
} as const satisfies Partial<ProviderGuide>

/** Common mistakes with service account tokens on every cluster. */
export const SERVICE_ACCOUNT_TRAPS: readonly string[] = [
  'Legacy tokens from Secrets have iss kubernetes/serviceaccount, no exp, no aud and flat claims such as kubernetes.io/serviceaccount/namespace. Refuse tokens without exp or aud.',
  'aud is always an array. Require exactly one audience, and never the audience of the API server. Otherwise the relying party gets tokens that give access to the cluster.',
  'The default pod token is for the API server and may live a year (warnafter is present). A pod spec without an audience is the usual mistake.',
  'Names of namespaces and service accounts can be reused. Pin serviceaccount.uid unless a recreated account should have the same access.',
  'Anyone who can create pods or TokenRequests in the namespace can get the identity. The namespace is the security boundary.',
  'A relying party cannot see that the pod or service account was deleted. Keep lifetimes short.',
]

export const kubernetesReference: ProviderReference = {
  contact: 'https://github.com/kubernetes/kubernetes/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/openid/v1/jwks',
  sources: {
    algorithms: 'kubernetes/kubernetes: pkg/serviceaccount/externaljwt/plugin/plugin.go',
    typ: 'kubernetes/kubernetes: pkg/serviceaccount/externaljwt/plugin/plugin.go',
    discovery:
      'kubernetes/website: content/en/docs/tasks/configure-pod-container/configure-service-account.md',
    claims: 'kubernetes/kubernetes: pkg/serviceaccount/claims.go',
    job: 'kubernetes/kubernetes: pkg/serviceaccount/claims.go',
  },
  claims: {
    'kubernetes.io': 'Contains the bound objects.',
    'kubernetes.io.namespace': 'Namespace of the service account.',
    'kubernetes.io.serviceaccount.name': 'Service account name.',
    'kubernetes.io.serviceaccount.uid': 'Service account UID; new after recreation.',
    'kubernetes.io.pod.name': 'Pod name; only in pod-bound tokens.',
    'kubernetes.io.pod.uid': 'Pod UID.',
    'kubernetes.io.node.name': 'Node name; newer servers only.',
    'kubernetes.io.node.uid': 'Node UID.',
    'kubernetes.io.secret.name': 'Secret name; only in secret-bound tokens.',
    'kubernetes.io.warnafter': 'Marks a token whose lifetime was extended for compatibility.',
  },
  shapes: {
    sub: {
      kind: 'starts',
      starts: ['system:serviceaccount:'],
      whole: /^system:serviceaccount:[a-z0-9-]+:[a-z0-9.-]+$/,
      is: 'system:serviceaccount:, the namespace, ":" and the name of the account',
    },
    'kubernetes.io.namespace': {
      ...NAME,
      name: /^[a-z0-9-]+$/,
      is: 'a name in lower case, such as payments',
    },
    'kubernetes.io.serviceaccount.name': {
      ...NAME,
      name: /^[a-z0-9.-]+$/,
      is: 'a name in lower case, such as worker',
    },
    'kubernetes.io.serviceaccount.uid': UUID,
    'kubernetes.io.pod.name': OBJECT_NAME,
    'kubernetes.io.pod.uid': UUID,
    'kubernetes.io.node.name': OBJECT_NAME,
    'kubernetes.io.node.uid': UUID,
    'kubernetes.io.secret.name': OBJECT_NAME,
  },
  guide: {
    ...SERVICE_ACCOUNT_GUIDE,
    lifetime:
      'expirationSeconds of the volume (3600 s default, 600 s minimum); the default API token can be extended to one year.',
    traps: [
      'The issuer pattern accepts any https host. Use it only to check an issuer that an operator enters, never to accept an issuer from a token.',
      ...SERVICE_ACCOUNT_TRAPS,
      'Claims are nested in a member whose name contains a dot.',
      'In-cluster issuers (https://kubernetes.default.svc.cluster.local) are the same in every cluster and have no public discovery. The issuer does not identify the cluster; only the uploaded key set does.',
      '--service-account-jwks-uri can move the key set to a host other than the issuer. The gateway then does not fetch the keys. Upload them.',
    ],
    unverified: [
      '600 s minimum and 3600 s default of expirationSeconds.',
      'The release in which jti and node became default.',
      'Flat claim names of legacy tokens (general knowledge; the legacy issuer constant was read).',
    ],
  },
}
