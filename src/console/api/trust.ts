/** The trust document as the console reads it: its rules, whatever release stored them. */
import { TRUST_PROBLEMS_HEADER } from '../../contract/admin.ts'
import type { RuleSource, TrustDocument } from '../../contract/trust-document.ts'
import { ok, type Result } from '../../web/result.ts'
import type { ApiFailure } from './failure.ts'
import { ask } from './request.ts'

export type LoadedTrust = {
  readonly revision: number
  /** How many parts of the stored document this release cannot use. */
  readonly problems: number
  readonly rules: readonly RuleSource[]
  readonly document: Partial<TrustDocument>
}

export async function loadTrust(signal: AbortSignal): Promise<Result<LoadedTrust, ApiFailure>> {
  const answer = await ask<Partial<TrustDocument>>('/trust', { signal })
  if (!answer.ok) return answer
  const { value: document, headers } = answer.value
  return ok({
    revision: readNumber(headers.get('etag')),
    problems: readNumber(headers.get(TRUST_PROBLEMS_HEADER)),
    rules: listRules(document),
    document,
  })
}

/** The document may be of another release, so a rule is only what has a name. */
function listRules({ rules }: Partial<TrustDocument>): readonly RuleSource[] {
  if (!Array.isArray(rules)) return []
  return rules.filter((rule) => typeof rule === 'object' && typeof rule?.name === 'string')
}

function readNumber(text: string | null): number {
  return Number(/\d+/.exec(text ?? '')?.[0] ?? 0)
}
