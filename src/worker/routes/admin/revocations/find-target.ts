/**
 * Finds what a coarse revocation names: a rule or an issuer of the trust document, of the deploy-time
 * policy or of a recent revision, and a key of the key ring. A misspelt name would revoke nothing.
 */
import type { CompiledTrust } from '../../../../core/policy/compile/compiled.ts'
import type { CoarseGrain } from '../../../../protocol/revocations.ts'
import { readStoredDocument } from '../../../caches/trust/stored-document.ts'
import type { Gateway } from '../../../context.ts'
import { REVOCATION_SEARCHED_REVISIONS } from './limits.ts'

/** Returns the id by which tokens name the target; undefined if it does not exist. */
export async function findTarget(
  grain: CoarseGrain,
  name: string,
  gateway: Gateway,
): Promise<string | undefined> {
  const { keyRing, settings } = gateway
  if (grain === 'key') return keyRing.keys.find(({ keyId }) => keyId === name)?.keyId
  if (grain !== 'rule' && grain !== 'issuer') return name
  const find = grain === 'rule' ? findRule : findIssuer
  const inPolicy = settings.policy && find(settings.policy, name)
  return inPolicy ?? (await findInDocuments((trust) => find(trust, name), gateway))
}

/** The newest revision comes first. Older ones are read only if it does not have the name. */
async function findInDocuments(
  find: (trust: CompiledTrust) => string | undefined,
  { trustDocuments, settings }: Gateway,
): Promise<string | undefined> {
  const revisions = await trustDocuments.revisions(REVOCATION_SEARCHED_REVISIONS)
  for (const { revision, kept } of revisions) {
    if (!kept) continue
    const bytes = await trustDocuments.of(revision)
    const { trust } = readStoredDocument(revision, bytes, settings.ceilings)
    const found = trust && find(trust)
    if (found !== undefined) return found
  }
  return undefined
}

function findRule(trust: CompiledTrust, name: string): string | undefined {
  return trust.rules.find((rule) => rule.name === name)?.name
}

/** By the URL, or by the name in the document. */
function findIssuer({ issuers }: CompiledTrust, name: string): string | undefined {
  const all = [...issuers.values()]
  return (all.find(({ url }) => url === name) ?? all.find((issuer) => issuer.name === name))?.url
}
