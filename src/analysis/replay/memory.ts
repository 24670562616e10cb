/**
 * Remembers results of equal cases. Most decisions of a period differ only in what no rule reads, such
 * as the id of a run, so that each identity is evaluated a few times and not once for each decision.
 */
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import type { CompiledTrust, Grant } from '../../core/policy/compile/compiled.ts'
import { OWN_ISSUER } from '../../core/policy/compile/issuers/own-name.ts'
import { listTemplates } from '../../core/policy/language/claim-tree.ts'

const MAX_REMEMBERED = 50_000

/** Returns a function that evaluates a record, or returns the result of an equal one. */
export function createMemory<Result>(
  documents: readonly (CompiledTrust | undefined)[],
  evaluate: (record: DecisionRecord) => Result,
): (record: DecisionRecord) => Result {
  const keyOf = createKey(documents)
  const remembered = new Map<string, Result>()
  return (record) => {
    const key = keyOf(record)
    if (key === undefined) return evaluate(record)
    const known = remembered.get(key)
    if (known !== undefined) return known
    const result = evaluate(record)
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    remembered.set(key, result)
    return result
  }
}

/** Everything that a result depends on; undefined if that is the whole record. */
function createKey(documents: readonly (CompiledTrust | undefined)[]) {
  const rules = documents.flatMap((trust) => trust?.rules ?? [])
  const hasExpression = rules.some(({ expression }) => expression !== undefined)
  const conditions = rules.flatMap((rule) => rule.conditions)
  const paths = [
    ...conditions.map(({ path }) => path),
    ...rules.flatMap(({ grant }) => (grant === undefined ? [] : pathsOf(grant))),
  ]
  const roots = [...new Set(paths.map(([root = '']) => root))]
  const ends = [...new Set(rules.map(({ expiresAt }) => expiresAt))].sort((a, b) => a - b)

  return (record: DecisionRecord): string | undefined => {
    const { claims, all_claims: hasAll = false, at } = record
    // An expression can read any claim. What a token of this gateway or
    // one with an actor may have depends on all of them.
    const isMore = record.issuer === OWN_ISSUER || record.actor !== undefined
    if (hasExpression || isMore) return undefined
    const { issuer, issuer_url, subject, asked, resource, outcome, reason, rule, revision } = record
    const values = roots.map((root) => readRoot(record, root))
    // Rules that had ended prove nothing.
    const ended = ends.findIndex((end) => end > at / 1000)
    return JSON.stringify([
      ...[issuer, issuer_url, subject, asked, resource, outcome, reason, rule, revision],
      ...[
        record.facts?.rule,
        record.facts?.replay,
        record.budget?.excess && [record.budget.per, record.budget.grants],
        record.binding?.kind,
        record.omitted,
        hasAll,
        claims === undefined,
        values,
        ended,
      ],
    ])
  }
}

/** Registered claims are members of a record. `iss` and `sub` are in each key. */
function readRoot(record: DecisionRecord, root: string): unknown {
  const { claims, subject_token_id: tokenId, subject_token_expires_at: expiresAt } = record
  const claim = claims !== undefined && Object.hasOwn(claims, root) ? claims[root] : undefined
  if (root === 'jti') return [claim, tokenId]
  return root === 'exp' ? [claim, expiresAt] : claim
}

/** The paths of the claims that its templates and its budget read. */
function pathsOf({ subject, claims, budget }: Grant): readonly (readonly string[])[] {
  const templates = [
    ...(subject === undefined ? [] : [subject]),
    ...listTemplates(claims).map(({ template }) => template),
  ]
  const parts = templates.flatMap((template) => template.parts)
  const job = budget === undefined ? [] : [budget.path]
  return [...job, ...parts.flatMap((part) => (part.kind === 'claim' ? [part.path] : []))]
}
