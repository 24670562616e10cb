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
import { isJsonObject } from '../../web/json.ts'
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

type Source = { readonly rule: RuleSource; readonly position: number }

/**
 * The rules as the document has them, by name. A compiled rule can have an earlier position, because
 * parts of a stored document can be left out.
 */
export function readSources(document: unknown): ReadonlyMap<string, Source> {
  const rules: unknown = isJsonObject(document) ? document.rules : undefined
  if (!Array.isArray(rules)) return new Map()
  return new Map(
    rules.flatMap((rule: unknown, position): readonly (readonly [string, Source])[] => {
      // A rule that compiles has the form of one, and only such a rule is asked for.
      if (!isJsonObject(rule) || typeof rule.name !== 'string') return []
      return [[rule.name, { rule: rule as RuleSource, position }]]
    }),
  )
}
