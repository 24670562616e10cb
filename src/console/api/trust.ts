/** The trust document as the console reads it: its rules, whatever release stored them. */
import { TRUST_PROBLEMS_HEADER } from '../../contract/admin.ts'
import type { RuleSource, TrustDocument } from '../../contract/trust-document.ts'
import { fail, ok, type Result } from '../../web/result.ts'
import type { ApiFailure } from './failure.ts'
import { ask } from './request.ts'
import { TRUST_DOCUMENT } from './shapes.ts'

export type LoadedTrust = {
  readonly revision: number
  /** How many parts of the stored document this release cannot use. */
  readonly problems: number
  readonly rules: readonly RuleSource[]
  readonly document: Partial<TrustDocument>
}

export async function loadTrust(signal: AbortSignal): Promise<Result<LoadedTrust, ApiFailure>> {
  const answer = await ask('/trust', TRUST_DOCUMENT, { signal })
  if (!answer.ok) return answer
  const { value: document, headers } = answer.value
  const revision = readNumber(headers.get('etag'))
  // A document may have no members that every release knows, but it always has a revision.
  if (revision === undefined) return fail({ kind: 'unreadable', status: 200 })
  return ok({
    revision,
    problems: readNumber(headers.get(TRUST_PROBLEMS_HEADER)) ?? 0,
    rules: listRules(document),
    document,
  })
}

/** The document may be of another release, so a rule is only what has a name. */
function listRules({ rules }: Partial<TrustDocument>): readonly RuleSource[] {
  if (!Array.isArray(rules)) return []
  return rules.filter((rule) => typeof rule === 'object' && typeof rule?.name === 'string')
}

function readNumber(text: string | null): number | undefined {
  const digits = /\d+/.exec(text ?? '')?.[0]
  return digits === undefined ? undefined : Number(digits)
}
