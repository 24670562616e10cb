/**
 * Microsoft Entra, a client assertion for a federated identity credential:
 * https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations and
 * https://learn.microsoft.com/graph/api/resources/federatedidentitycredential
 */
import { accept, readToken, refuse, type Validator } from './presented.ts'

export const validateEntra: Validator = async (presented) => {
  const { issuer, audience } = presented
  if (issuer.length > 600 || audience.length > 600) return refuse('Request_BadRequest')
  const read = await readToken(presented, ['RS256'], ['iss', 'sub', 'aud', 'exp'])
  if (typeof read === 'string') return refuse(`AADSTS700213: ${read}`)
  if ((read.claims.sub ?? '').length > 600) return refuse('Request_BadRequest: subject')
  return accept(read)
}
