/**
 * Keeps the SPIFFE IDs of the gateway's trust domain to JWT-SVIDs. The same keys sign all tokens, so
 * any other token with such a subject could pass for a JWT-SVID (OUT-01).
 */
import type { DocumentPath } from '../../../contract/admin.ts'
import type { TemplateFault } from '../../../protocol/template-fault.ts'
import { SVID_TYP } from '../../../protocol/token.ts'
import type { Resource } from '../compile/compiled.ts'
import type { Report } from '../compile/context.ts'
import { literalsOf } from './measure.ts'

/** The trust domain is not known here: any may be named. */
export const ANY_TRUST_DOMAIN = '*'

const START = /^spiffe:\/\/([a-z0-9._-]+)\//

/** Reports a resource whose JWT-SVIDs no trust domain could have. `at` is its path. */
export function checkTrustDomain(
  { typ, trustDomain }: Pick<Resource, 'typ' | 'trustDomain'>,
  at: DocumentPath,
  report: Report,
): void {
  if (typ !== SVID_TYP || trustDomain !== undefined) return
  const message = 'needs a gateway with a trust domain: set SPIFFE_TRUST_DOMAIN'
  report([...at, 'for'], 'trust_domain_missing', message)
}

/**
 * Reports a subject in a trust domain that the tokens of this resource cannot have. A claim cannot
 * choose the trust domain. `at` is the path of the grant.
 */
export function checkSubjectDomain(
  { typ, trustDomain }: Resource,
  subject: string | undefined,
  at: DocumentPath,
  report: Report,
): void {
  if (subject === undefined || trustDomain === undefined) return
  const place = [...at, 'subject']
  const [start = ''] = literalsOf(subject)
  if (typ !== SVID_TYP) {
    if (isInDomain(start, trustDomain)) {
      const message = 'is in the trust domain of this gateway: only a resource for: spiffe has it'
      report(place, 'trust_domain_foreign', message)
    }
    return
  }
  const domain = START.exec(start)?.[1]
  if (domain === undefined) {
    report(place, 'trust_domain_foreign', 'must begin with spiffe://, the trust domain and a slash')
  } else if (trustDomain !== ANY_TRUST_DOMAIN && domain !== trustDomain) {
    const message = `is in another trust domain than that of this gateway, ${trustDomain}`
    report(place, 'trust_domain_foreign', message)
  }
}

/**
 * Why this resource's tokens cannot have the rendered subject. The subject of a JWT-SVID begins with
 * text of the document, which `checkSubjectDomain` has checked.
 */
export function findDomainFault(
  { typ, trustDomain }: Pick<Resource, 'typ' | 'trustDomain'>,
  subject: string,
): TemplateFault | undefined {
  if (typ === SVID_TYP || trustDomain === undefined) return undefined
  return isInDomain(subject, trustDomain) ? { cause: 'refused' } : undefined
}

/** Libraries ignore the case of the scheme and of the trust domain (SPIFFE-ID §2.4). */
function isInDomain(subject: string, trustDomain: string): boolean {
  const start = `spiffe://${trustDomain}`
  const folded = subject.toLowerCase()
  return folded.startsWith(start) && !/^[a-z0-9._-]/.test(folded.slice(start.length))
}
