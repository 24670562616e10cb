/** The rules of a document by name, as they are written. */
import { diffTrust } from '../../../analysis/index.ts'
import { isJsonObject } from '../../../web/json.ts'

export type NamedRule = {
  readonly name: string
  readonly rule: unknown
  /** Its line in a file. */
  readonly line?: number
}

export type RuleState = 'not in force' | 'differs from the rule in force'

export function namedRules(document: unknown): ReadonlyMap<string, NamedRule> {
  const rules: unknown = isJsonObject(document) ? document.rules : undefined
  const list: readonly unknown[] = Array.isArray(rules) ? rules : []
  return new Map(
    list.flatMap((rule) => {
      const name = isJsonObject(rule) ? rule.name : undefined
      return typeof name === 'string' ? [[name, { name, rule }] as const] : []
    }),
  )
}

/** Returns undefined if a rule of a file is in force as it is. */
export function stateOf(rule: unknown, inForce: NamedRule | undefined): RuleState | undefined {
  if (inForce === undefined) return 'not in force'
  const changes = diffTrust({ rules: [inForce.rule] }, { rules: [rule] })
  return changes.length === 0 ? undefined : 'differs from the rule in force'
}
