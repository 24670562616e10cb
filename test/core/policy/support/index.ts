/** Compiles rules, and reads their index like a scan over all rules. */
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import type {
  CompiledTrust,
  Rule,
  RuleIndex,
  TrustedIssuer,
} from '../../../../src/core/policy/compile/compiled.ts'
import { candidates } from '../../../../src/core/policy/decide/rule-index.ts'
import type { JsonObject } from '../../../../src/web/json.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { documentOf } from './decide.ts'

export function compileIssuer(
  rules: readonly unknown[],
  provider = 'gitlab-self-managed',
): {
  readonly issuer: TrustedIssuer
  readonly rules: readonly Rule[]
  readonly trust: CompiledTrust
} {
  const result = compileTrust(documentOf(rules, provider), CEILINGS)
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  const [issuer] = result.trust.issuers.values()
  if (issuer === undefined) throw new Error('no issuer')
  return { issuer, rules: result.trust.rules, trust: result.trust }
}

export function findRules(
  issuer: TrustedIssuer,
  index: RuleIndex,
  claims: JsonObject,
  salt?: number,
): readonly Rule[] {
  return Array.from(candidates(index, claims, salt), issuer.ruleAt)
}

export const namesOf = (rules: readonly Rule[]) => rules.map(({ name }) => name)
