/**
 * The entry point `edgemint/rules`: the trust language of the gateway, for tools and tests of trust
 * documents. It compiles, compares, evaluates, explains, lints and suggests rules, and it never
 * issues tokens. All functions are pure; the time is always a parameter.
 *
 * @example
 * const result = compileTrust(document, {
 *   gatewayIssuer: 'https://sts.example.com',
 *   maxTokenLifetimeSeconds: 3600,
 *   maxRuleExpirySeconds: undefined,
 *   localIssuers: false,
 * })
 * if ('problems' in result) for (const { path, message } of result.problems) report(path, message)
 */
export type { DocumentPath, DocumentProblem } from '../contract/admin.ts'
export type { TrustDocument } from '../contract/trust-document.ts'
export { type CompileResult, compileTrust } from '../core/policy/compile/compile.ts'
export type {
  Ceilings,
  CompiledTrust,
  Grant,
  Resource,
  Rule,
  TrustedIssuer,
} from '../core/policy/compile/compiled.ts'
export type { CompileOptions } from '../core/policy/compile/context.ts'
export type { DecisionRequest, RequestContext } from '../core/policy/decide/decision-request.ts'
export type { ConditionTrace, RuleOutcome, RuleTrace } from '../core/policy/decide/trace.ts'
export {
  type ClaimedIdentity,
  type ClaimsDecision,
  type EffectTrace,
  evaluateClaims as evaluate,
} from '../core/policy/explain/evaluate-claims.ts'
export { type Explanation, explain, type RuleExplanation } from '../core/policy/explain/explain.ts'
export { findProvider, listProviders } from '../core/providers/index.ts'
export type { ProviderProfile } from '../core/providers/profile.ts'
export type { ProviderReference } from '../core/providers/reference.ts'
export { findReference } from '../core/providers/references.ts'
export {
  diffTrust,
  type TrustChange,
  type TrustEdit,
  type TrustEffect,
  type TrustPart,
} from './diff/diff.ts'
export { describeEffects } from './diff/effects.ts'
export type { Finding, LintId, Severity } from './lint/finding.ts'
export { isBlocking, type LintOptions, lint } from './lint/lint.ts'
export {
  type ClaimNote,
  type RuleNote,
  type Suggestion,
  type SuggestRequest,
  suggest,
} from './suggest.ts'
