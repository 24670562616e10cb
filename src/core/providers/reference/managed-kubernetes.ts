/** Reference data of `eks`, `aks`, `gke`. */

import type { ProviderReference } from '../reference.ts'
import { kubernetesReference, SERVICE_ACCOUNT_GUIDE, SERVICE_ACCOUNT_TRAPS } from './kubernetes.ts'

export const eksReference: ProviderReference = {
  contact: 'https://github.com/aws/amazon-eks-pod-identity-webhook/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/keys',
  sources: {
    keyHosts: 'https://docs.aws.amazon.com/eks/latest/userguide/irsa-fetch-keys.html',
    algorithms: 'https://docs.aws.amazon.com/eks/latest/userguide/irsa-fetch-keys.html',
    lifetime: 'aws/amazon-eks-pod-identity-webhook: README.md',
    claims: 'kubernetes/kubernetes: pkg/serviceaccount/claims.go',
    job: 'kubernetes/kubernetes: pkg/serviceaccount/claims.go',
  },
  claims: kubernetesReference.claims,
  shapes: kubernetesReference.shapes,
  guide: {
    ...SERVICE_ACCOUNT_GUIDE,
    lifetime: '86400 s for IRSA tokens. A sample of a default pod token had one year.',
    traps: [
      'The IRSA token has the audience sts.amazonaws.com and also gives access to AWS. Never accept that audience. Use a second projected volume.',
      ...SERVICE_ACCOUNT_TRAPS,
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
    job: 'kubernetes/kubernetes: pkg/serviceaccount/claims.go',
  },
  claims: kubernetesReference.claims,
  shapes: kubernetesReference.shapes,
  guide: {
    ...SERVICE_ACCOUNT_GUIDE,
    lifetime: 'At most one day.',
    traps: [
      'The issuer ends in a slash. Fulcio lists forms with and without it. Compare with the exact issuer of the cluster, and do not add a second slash for discovery.',
      'Enabling the issuer on an existing cluster changes iss.',
      'Never accept the audience api://AzureADTokenExchange, because that token also gives access to Entra.',
      'On AKS, tokens with an extended lifetime exist only before Kubernetes 1.30.',
      ...SERVICE_ACCOUNT_TRAPS,
    ],
    unverified: [
      'The audience of the webhook (from Azure DevOps and Entra documentation, not from AKS pages).',
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
    job: 'kubernetes/kubernetes: pkg/serviceaccount/claims.go',
  },
  claims: kubernetesReference.claims,
  shapes: kubernetesReference.shapes,
  guide: {
    ...SERVICE_ACCOUNT_GUIDE,
    lifetime: 'Same as kubernetes.',
    traps: [
      'The issuer consists only of names. A cluster that is recreated with the same name has the same issuer and new keys.',
      'The Google service account token that a pod gets from the metadata server is a different token, with the issuer https://accounts.google.com.',
      ...SERVICE_ACCOUNT_TRAPS,
      'A project of a domain has a colon in its name. Its issuer is https://container.googleapis.com/v1/projects/example.com:acme-prod/locations/LOCATION/clusters/CLUSTER.',
    ],
    unverified: ['Algorithm and default audience.'],
  },
}
