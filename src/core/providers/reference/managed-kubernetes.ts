/** Reference data of `eks`, `aks`, `gke`. */

import type { ProviderReference } from '../reference.ts'
import { kubernetesReference } from './kubernetes.ts'

export const eksReference: ProviderReference = {
  contact: 'https://github.com/aws/amazon-eks-pod-identity-webhook/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/keys',
  sources: {
    keyHosts: 'https://docs.aws.amazon.com/eks/latest/userguide/irsa-fetch-keys.html',
    algorithms: 'https://docs.aws.amazon.com/eks/latest/userguide/irsa-fetch-keys.html',
    lifetime: 'aws/amazon-eks-pod-identity-webhook: README.md',
    claims: 'kubernetes/kubernetes: pkg/serviceaccount/claims.go',
  },
  claims: kubernetesReference.claims,
  shapes: kubernetesReference.shapes,
  guide: {
    tokenRequest: {
      summary: 'Projected service account token volume with an audience, or the TokenRequest API.',
      env: [],
      command:
        'kubectl create token worker -n payments --audience https://api.example.com --duration 10m',
    },
    audience: 'workload',
    lifetime: '86400 s for IRSA tokens; a sample default pod token lived one year.',
    subjectFormats: ['system:serviceaccount:{namespace}:{name}'],
    traps: [
      'The IRSA token has audience sts.amazonaws.com and also opens AWS: never accept that audience; ask for a second projected volume.',
      'Legacy tokens from Secrets have iss kubernetes/serviceaccount, no exp, no aud and flat claims such as kubernetes.io/serviceaccount/namespace: refuse any token without exp and aud.',
      'aud is always an array. Require exactly one audience, and never the API server audience, or the relying party is handed tokens that open the cluster.',
      'The default pod token is for the API server and may live a year (warnafter is present): a missing audience setting in the pod spec is the usual mistake.',
      'Namespace and service account names are reused freely; pin serviceaccount.uid for long-lived trust, or accept recreation knowingly.',
      'Anyone who can create pods or TokenRequests in the namespace can get the identity: the namespace is the boundary.',
      'A relying party cannot see that the pod or service account was deleted; the API server can. Keep lives short.',
    ],
    unverified: ['China partition suffix in the pattern.'],
  },
}

export const aksReference: ProviderReference = {
  contact: 'https://github.com/MicrosoftDocs/azure-aks-docs/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/openid/v1/jwks',
  sources: {
    keyHosts: 'MicrosoftDocs/azure-aks-docs: articles/aks/use-oidc-issuer.md',
    algorithms: 'MicrosoftDocs/azure-aks-docs: articles/aks/use-oidc-issuer.md',
    discovery: 'MicrosoftDocs/azure-aks-docs: articles/aks/use-oidc-issuer.md',
    lifetime: 'MicrosoftDocs/azure-aks-docs: articles/aks/use-oidc-issuer.md',
    claims: 'kubernetes/kubernetes: pkg/serviceaccount/claims.go',
  },
  claims: kubernetesReference.claims,
  shapes: kubernetesReference.shapes,
  guide: {
    tokenRequest: {
      summary: 'Projected service account token volume with an audience, or the TokenRequest API.',
      env: [],
      command:
        'kubectl create token worker -n payments --audience https://api.example.com --duration 10m',
    },
    audience: 'workload',
    lifetime: 'At most one day.',
    subjectFormats: ['system:serviceaccount:{namespace}:{name}'],
    traps: [
      'The issuer ends in a slash; Fulcio lists forms with and without. Compare exactly with what the cluster emits, and do not double the slash in discovery.',
      'Enabling the issuer on an existing cluster changes iss.',
      'Never accept audience api://AzureADTokenExchange: that token also opens Entra.',
      'Token life extension is off from Kubernetes 1.30 on AKS, on before.',
      'Legacy tokens from Secrets have iss kubernetes/serviceaccount, no exp, no aud and flat claims such as kubernetes.io/serviceaccount/namespace: refuse any token without exp and aud.',
      'aud is always an array. Require exactly one audience, and never the API server audience, or the relying party is handed tokens that open the cluster.',
      'The default pod token is for the API server and may live a year (warnafter is present): a missing audience setting in the pod spec is the usual mistake.',
      'Namespace and service account names are reused freely; pin serviceaccount.uid for long-lived trust, or accept recreation knowingly.',
      'Anyone who can create pods or TokenRequests in the namespace can get the identity: the namespace is the boundary.',
      'A relying party cannot see that the pod or service account was deleted; the API server can. Keep lives short.',
    ],
    unverified: [
      'Webhook audience (from Azure DevOps and Entra documentation, not from AKS pages read here).',
    ],
  },
}

export const gkeReference: ProviderReference = {
  contact:
    'https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.well-known/getOpenid-configuration',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/jwks',
  sources: {
    keyHosts:
      'https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters/getJwks',
    discovery:
      'https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.well-known/getOpenid-configuration',
    claims: 'kubernetes/kubernetes: pkg/serviceaccount/claims.go',
  },
  claims: kubernetesReference.claims,
  shapes: kubernetesReference.shapes,
  guide: {
    tokenRequest: {
      summary: 'Projected service account token volume with an audience, or the TokenRequest API.',
      env: [],
      command:
        'kubectl create token worker -n payments --audience https://api.example.com --duration 10m',
    },
    audience: 'workload',
    lifetime: 'As kubernetes.',
    subjectFormats: ['system:serviceaccount:{namespace}:{name}'],
    traps: [
      'The issuer is made of names only: a cluster deleted and recreated under the same name has the same issuer with new keys.',
      'Do not confuse with the Google service account token that a pod gets from the metadata server: that has issuer https://accounts.google.com.',
      'Legacy tokens from Secrets have iss kubernetes/serviceaccount, no exp, no aud and flat claims such as kubernetes.io/serviceaccount/namespace: refuse any token without exp and aud.',
      'aud is always an array. Require exactly one audience, and never the API server audience, or the relying party is handed tokens that open the cluster.',
      'The default pod token is for the API server and may live a year (warnafter is present): a missing audience setting in the pod spec is the usual mistake.',
      'Namespace and service account names are reused freely; pin serviceaccount.uid for long-lived trust, or accept recreation knowingly.',
      'Anyone who can create pods or TokenRequests in the namespace can get the identity: the namespace is the boundary.',
      'A relying party cannot see that the pod or service account was deleted; the API server can. Keep lives short.',
      'A project of a domain has a colon in its name: the issuer is https://container.googleapis.com/v1/projects/example.com:acme-prod/locations/LOCATION/clusters/CLUSTER.',
    ],
    unverified: ['Algorithm and default audience.'],
  },
}
