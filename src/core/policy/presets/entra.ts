/** Microsoft Entra: federated identity credentials of an application or a managed identity. */
import { EXCHANGED_AT_ONCE_SECONDS, type Preset } from './preset.ts'

export const ENTRA: Preset = {
  name: 'entra',
  // Only issuers that sign with RS256 are supported:
  // https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
  algorithms: ['RS256'],
  typs: ['JWT', 'at+jwt'],
  audience: {
    // The audience of the public cloud, and those of the other clouds:
    // https://learn.microsoft.com/graph/api/resources/federatedidentitycredential and
    // https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust
    uris: [
      'api://AzureADTokenExchange',
      'api://AzureADTokenExchangeUSGov',
      'api://AzureADTokenExchangeChina',
    ],
    // At most 600 characters:
    // https://learn.microsoft.com/graph/api/resources/federatedidentitycredential
    maxCharacters: 600,
  },
  lifetime: { usualSeconds: EXCHANGED_AT_ONCE_SECONDS },
  // At most 600 characters:
  // https://learn.microsoft.com/graph/api/resources/federatedidentitycredential
  subject: { form: 'text', maxBytes: 600 },
  // https://learn.microsoft.com/entra/workload-id/workload-identity-federation
  requiredClaims: ['iss', 'sub', 'aud', 'exp'],
}
