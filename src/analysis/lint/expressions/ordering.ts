/** Finds claims that an expression orders against a value of another type, which is undefined. */
import type { SyntaxNode } from '../../../core/policy/language/expression/syntax.ts'
import type { ProviderProfile } from '../../../core/providers/profile.ts'
import { type AnyRule, claimOf, type Found } from '../check.ts'
import { describeUndefined, listNodes } from './never.ts'

const ORDERS: ReadonlySet<string> = new Set(['<', '<=', '>', '>='])

type Side = { readonly name: string; readonly types: readonly string[]; readonly isClaim: boolean }

/** LINT-30 for `<`, `<=`, `>` and `>=`: values of different types have no order. */
export function findUnordered({ rule, issuer }: AnyRule): readonly Found[] {
  const { expression } = rule
  if (expression === undefined) return []
  return listNodes(expression.tree).flatMap((node) => {
    if (!ORDERS.has(node.op) || !('left' in node)) return []
    const sides = [node.left, node.right].map((side) => readSide(side, issuer.profile))
    const [claim, other] = sides[0]?.isClaim === true ? sides : sides.toReversed()
    if (claim === undefined || other === undefined || !claim.isClaim) return []
    if (claim.types.some((type) => other.types.includes(type))) return []
    const [type] = claim.types
    return {
      severity: 'error' as const,
      path: ['condition'],
      message: `${claim.name} is a ${claim.types.join(' or ')} and is ordered against ${other.name}: ${describeUndefined(rule.grant === undefined)}`,
      fix:
        type === 'string' && other.types[0] === 'number'
          ? `Write int(claims.${claim.name}) if its text is a whole number.`
          : 'Compare it with a value of its own type.',
    }
  })
}

/** A literal or a claim of known types; undefined for everything else. */
function readSide(node: SyntaxNode, profile: ProviderProfile): Side | undefined {
  const value = node.op === 'minus' ? node.operand : node
  if (value.op === 'literal' && value.value !== null) {
    const type = ['string', 'boolean'].find((one) => typeof value.value === one) ?? 'number'
    return { name: `a ${type}`, types: [type], isClaim: false }
  }
  const path = pathOf(node)
  const types: readonly string[] = (path && claimOf(profile, path)?.types) ?? []
  // An element of a list or an object may have any type.
  const isKnown = types.every((type) => ['string', 'number', 'boolean'].includes(type))
  if (path === undefined || types.length === 0 || !isKnown) return undefined
  return { name: path.join('.'), types, isClaim: true }
}

/** The path of `claims.a.b` or `claims["a"]`. */
export function pathOf(node: SyntaxNode): readonly string[] | undefined {
  if (node.op === 'name') return node.name === 'claims' ? [] : undefined
  if (node.op !== 'member' && node.op !== 'index') return undefined
  const holder = pathOf(node.holder)
  const name = node.op === 'member' ? node.name : node.key.op === 'literal' ? node.key.value : ''
  return holder === undefined || typeof name !== 'string' ? undefined : [...holder, name]
}
