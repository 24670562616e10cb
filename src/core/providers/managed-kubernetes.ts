/**
 * Kubernetes clusters of the three large clouds. Their service account tokens have issuers that
 * identify the cluster.
 */
import { kubernetes } from './kubernetes.ts'
import type { ProviderProfile } from './profile.ts'

export const eks: ProviderProfile = {
  ...kubernetes,
  id: 'eks',
  name: 'Amazon EKS service account tokens',
  tenancy: 'per_tenant',
  issuer: {
    kind: 'pattern',
    pattern:
      /^https:\/\/oidc(?:\.eks\.[a-z0-9-]+\.amazonaws\.(?:com(?:\.cn)?|eu)|-eks\.[a-z0-9-]+\.api\.(?:aws|amazonwebservices\.(?:com\.cn|eu)))\/id\/[0-9A-Z]+$/,
    example: 'https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF',
  },
  algorithms: ['RS256'],
  sharedAudiences: [...kubernetes.sharedAudiences, 'sts.amazonaws.com'],
}

export const aks: ProviderProfile = {
  ...kubernetes,
  id: 'aks',
  name: 'Azure Kubernetes Service tokens',
  tenancy: 'per_tenant',
  issuer: {
    kind: 'pattern',
    pattern:
      /^https:\/\/(?:(?<region>[a-z0-9]+)\.oic|oidc)\.prod-aks\.azure\.(?:com|us|cn)\/(?<tenantId>[0-9a-f-]{36})(?:\/(?<clusterId>[0-9a-f-]{36}))?\/?$/,
    example:
      'https://westeurope.oic.prod-aks.azure.com/00000000-0000-4000-8000-000000000000/11111111-1111-4111-8111-111111111111/',
  },
  algorithms: ['RS256'],
  sharedAudiences: [...kubernetes.sharedAudiences, 'api://AzureADTokenExchange'],
}

export const gke: ProviderProfile = {
  ...kubernetes,
  id: 'gke',
  name: 'Google Kubernetes Engine service account tokens',
  status: 'partial',
  tenancy: 'per_tenant',
  issuer: {
    kind: 'pattern',
    pattern:
      /^https:\/\/container\.googleapis\.com\/v1\/projects\/(?<project>[a-z0-9.:-]+)\/locations\/(?<location>[a-z0-9-]+)\/clusters\/(?<cluster>[a-z0-9-]+)$/,
    example:
      'https://container.googleapis.com/v1/projects/acme-prod/locations/europe-west3/clusters/main',
  },
  algorithms: ['RS256'],
}
