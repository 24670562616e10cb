/**
 * Tokens of this gateway name the rules that granted them. After a rule is renamed, its holders get
 * tokens with the new name, so their recorded decisions are decided as if they had such tokens.
 */
import type { CompiledTrust, Rule } from '../../core/policy/compile/compiled.ts'
import { ancestorsOf } from '../../protocol/token.ts'
import type { JsonObject } from '../../web/json.ts'
import { findRenamed } from '../diff/renames.ts'

export type RenameClaims = (claims: JsonObject) => JsonObject

/** Returns a function for the claims of a token of this gateway. */
export function createRenaming(
  before: CompiledTrust | undefined,
  after: CompiledTrust,
): RenameClaims {
  const byName = (trust: CompiledTrust | undefined) =>
    new Map((trust?.rules ?? []).map((rule) => [rule.name, rule]))
  const old = findRenamed(byName(before), byName(after), (rule) => formOf(rule as Rule))
  const names = new Map([...old].map(([name, former]) => [former, name]))
  if (names.size === 0) return (claims) => claims
  const rename = (name: unknown) => names.get(String(name)) ?? name
  return (claims) => ({
    ...claims,
    ...('client_id' in claims && { client_id: rename(claims.client_id) }),
    ...('anc' in claims && {
      anc: ancestorsOf(claims).map((one) => ({ ...one, client_id: rename(one.client_id) })),
    }),
  })
}

/** Rules with the same form decide and grant the same. */
function formOf({ from, mode, expiresAt, conditions, actingAs, expression, grant }: Rule): string {
  return JSON.stringify([from, mode, expiresAt, conditions, actingAs, expression?.source, grant])
}
