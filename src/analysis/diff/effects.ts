/**
 * Says of each change what it does to access: widened, narrowed, the same, or changed. It reads the
 * compiled documents, because defaults and the forms of claims are known only there.
 */
import type { CompiledTrust, Rule } from '../../core/policy/compile/compiled.ts'
import {
  ACCESS,
  accessOf,
  compareIssuers,
  compareResources,
  compareRules,
} from './compare-rules.ts'
import { areDisjoint } from './conditions-imply.ts'
import type { TrustChange } from './diff.ts'
import { both, effectOf, type Relation, SAME, UNPROVEN } from './relation.ts'

/** Pairs of rules that are compared to find out whether a move matters. More take seconds. */
const MAX_COMPARED_PAIRS = 2_000_000

/**
 * Adds the effect to each change. Without a compiled old document, no effect of a changed part is
 * proven.
 *
 * @example
 * const changes = describeEffects(diffTrust(old, proposed), compiledOld, compiledProposed)
 */
export function describeEffects(
  changes: readonly TrustChange[],
  before: CompiledTrust | undefined,
  after: CompiledTrust,
): readonly TrustChange[] {
  const [old, young] = [indexParts(before), indexParts(after)]
  const doesMoveMatter = createMoveCheck(changes, old.rules, young.rules)
  return changes.map((change) => ({ ...change, effect: effectOf(relate(change)) }))

  function relate(change: TrustChange): Relation {
    const { kind, part, name, moved, renamed } = change
    const [former, latter] = [
      old[`${part}s`].get(renamed?.before ?? name),
      young[`${part}s`].get(name),
    ]
    if (kind !== 'changed') {
      const access = part === 'rule' ? accessOfPart(latter ?? former) : ACCESS.allow
      const gained = kind === 'added' ? access : -access
      return { keepsAll: gained >= 0, addsNothing: gained <= 0 }
    }
    if (former === undefined || latter === undefined) return UNPROVEN
    const move = moved !== undefined && doesMoveMatter(name, renamed?.before) ? UNPROVEN : SAME
    return both(move, compareParts(part, former, latter))
  }
}

type Parts = ReturnType<typeof indexParts>
type Part = Parts[keyof Parts] extends ReadonlyMap<string, infer Value> ? Value : never

function indexParts(trust: CompiledTrust | undefined) {
  const issuers = [...(trust?.issuers.values() ?? [])]
  const resources = [...(trust?.resources.values() ?? [])]
  return {
    issuers: new Map(issuers.map((issuer) => [issuer.name, issuer])),
    resources: new Map(resources.map((resource) => [resource.uri, resource])),
    rules: new Map((trust?.rules ?? []).map((rule) => [rule.name, rule])),
  }
}

/** A part of a document that does not compile is unknown. It may allow or deny. */
function accessOfPart(part: Part | undefined): number {
  return part !== undefined && 'conditions' in part ? accessOf(part) : Number.NaN
}

function compareParts(part: TrustChange['part'], former: Part, latter: Part): Relation {
  if (part === 'rule' && 'conditions' in former && 'conditions' in latter) {
    return compareRules(former, latter)
  }
  if (part === 'issuer' && 'keySource' in former && 'keySource' in latter) {
    return compareIssuers(former, latter)
  }
  if (part === 'resource' && 'alsoKnownAs' in former && 'alsoKnownAs' in latter) {
    return compareResources(former, latter)
  }
  return UNPROVEN
}

/**
 * The first matching rule decides, so a move matters if a token can match both the rule and one that
 * it passed, and both grant at the same resource. The order of deny rules never matters.
 */
function createMoveCheck(
  changes: readonly TrustChange[],
  before: ReadonlyMap<string, Rule>,
  after: ReadonlyMap<string, Rule>,
): (name: string, former: string | undefined) => boolean {
  const renamed = new Map(
    changes.flatMap(({ name, renamed: old }) => (old ? [[name, old.before]] : [])),
  )
  const moves = changes.filter(({ moved }) => moved !== undefined).length
  const kept = [...after.values()].flatMap((rule) => {
    const old = before.get(renamed.get(rule.name) ?? rule.name)
    return old === undefined ? [] : [{ rule, old }]
  })
  const isTooMuch = moves * kept.length > MAX_COMPARED_PAIRS
  return (name, former) => {
    const [old, rule] = [before.get(former ?? name), after.get(name)]
    if (old === undefined || rule === undefined || isTooMuch) return true
    return kept.some(
      (other) =>
        old.position < other.old.position !== rule.position < other.rule.position &&
        (compete(old, other.old) || compete(rule, other.rule)),
    )
  }
}

function compete(first: Rule, second: Rule): boolean {
  return (
    accessOf(first) === ACCESS.allow &&
    accessOf(second) === ACCESS.allow &&
    first.from === second.from &&
    first.grant?.resource === second.grant?.resource &&
    !areDisjoint(first, second)
  )
}
