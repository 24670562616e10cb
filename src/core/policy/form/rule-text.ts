/**
 * The JSON text of one rule in a compiled form. Members that several rules have in common, such as
 * the grant, are stored once, and each rule refers to them by number. This makes the form five times
 * smaller than the document.
 */
import type { RuleSource } from '../../../contract/trust-document.ts'

/** A member of a rule or of its `when`: its name and its value. */
export type Member = readonly [name: string, value: unknown]
/** A member, or the number of a shared one. */
type Reference = Member | number
/** The members of the rule and of its `when`, in their order. */
type RuleText = readonly [rule: readonly Reference[], when: readonly Reference[]]

/** The texts of the shared members, and the text of each rule. */
export function writeRules(rules: readonly RuleSource[]): {
  readonly shared: readonly string[]
  readonly texts: readonly string[]
} {
  const counts = new Map<string, number>()
  for (const rule of rules) {
    for (const member of [...membersOf(rule), ...Object.entries(rule.when)]) {
      const text = JSON.stringify(member)
      counts.set(text, (counts.get(text) ?? 0) + 1)
    }
  }
  const shared = [...counts].filter(([, count]) => count > 1).map(([text]) => text)
  const numbers = new Map(shared.map((text, number) => [text, number]))
  const refer = (member: Member): Reference => numbers.get(JSON.stringify(member)) ?? member
  const texts = rules.map((rule) => {
    const text: RuleText = [membersOf(rule).map(refer), Object.entries(rule.when).map(refer)]
    return JSON.stringify(text)
  })
  return { shared, texts }
}

/** Names are unique, so that no other rule has the same one. */
function membersOf(rule: RuleSource): readonly Member[] {
  return Object.entries(rule).filter(([name, value]) => name !== 'when' && value !== undefined)
}

/** The rule of a text. `memberAt` returns a shared member. */
export function readRule(text: string, memberAt: (number: number) => Member): RuleSource {
  // The digest of the form was checked, so this is what `writeRules` wrote.
  const [rule, when] = JSON.parse(text) as RuleText
  const resolve = (one: Reference) => (typeof one === 'number' ? memberAt(one) : one)
  return {
    ...Object.fromEntries(rule.map(resolve)),
    when: Object.fromEntries(when.map(resolve)),
  } as RuleSource
}
