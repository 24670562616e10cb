/** What the posture checks examine, and the use of rights in a form that they can ask. */
import type { IssuerReport } from '../../contract/admin.ts'
import type {
  PostureFinding,
  PostureUsage,
  SigningKeyFacts,
  UsedRight,
} from '../../contract/posture/report.ts'
import type { RuleSource } from '../../contract/trust-document.ts'
import type { CompiledTrust, Grant, Rule } from '../../core/policy/compile/compiled.ts'
import type { CheckId } from './checks.ts'

export type PostureInput = {
  readonly trust: CompiledTrust
  /** The trust document as JSON, for the rules that are written out. */
  readonly document: unknown
  /** Epoch seconds. */
  readonly at: number
  readonly unusedDays: number
  readonly usage: PostureUsage
  readonly issuers: readonly IssuerReport[]
  readonly keys: readonly SigningKeyFacts[]
}

export type Found = PostureFinding & { readonly id: CheckId }

export type Check = (input: PostureInput) => readonly Found[]

const DAY_SECONDS = 86_400

export function daysBetween(from: number, to: number): number {
  return Math.max(0, Math.floor((to - from) / DAY_SECONDS))
}

/** `1 day`, `3 days`. */
export function countOf(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`
}

export type LiveRule = Rule & { readonly grant: Grant }

/** The rules that can grant now. */
export function liveRules({ trust, at }: Pick<PostureInput, 'trust' | 'at'>): readonly LiveRule[] {
  return trust.rules.filter(
    (rule): rule is LiveRule =>
      rule.grant !== undefined && rule.mode === 'enforce' && rule.expiresAt > at,
  )
}

export function placeOf({ name, position }: Rule): Pick<Found, 'subject' | 'path'> {
  return { subject: { kind: 'rule', name }, path: ['rules', position] }
}

/** The use of the scopes of each rule, for the resource that the rule grants now. */
export function usageByRule({ usage }: PostureInput) {
  const used = new Map<string, UsedRight[]>()
  for (const right of usage.rights) {
    const known = used.get(right.rule)
    if (known === undefined) used.set(right.rule, [right])
    else known.push(right)
  }
  return ({ name, grant }: LiveRule): readonly UsedRight[] =>
    used.get(name)?.filter(({ resource }) => resource === grant.resource) ?? []
}

/** The rule as the document has it; undefined if the document is not in the usual form. */
export function sourceOf(
  { document }: Pick<PostureInput, 'document'>,
  { name }: Rule,
): RuleSource | undefined {
  const { rules }: { readonly rules?: unknown } = Object(document)
  if (!Array.isArray(rules)) return undefined
  return rules.find((rule: unknown) => (Object(rule) as { name?: unknown }).name === name)
}
