/**
 * All lint checks, by what they examine. Findings within one rule have the order of this list. The
 * compiler refuses LINT-01, 16, 17 and 19, so they have no check here.
 */
import type { AnyRuleCheck, DocumentCheck, IssuerCheck, RuleCheck } from './check.ts'
import { DOCUMENT_CHECKS_OF_CONSUMERS, RULE_CHECKS_OF_CONSUMERS } from './consumers/registry.ts'
import {
  DOCUMENT_CHECKS_OF_EVERYBODY,
  ISSUER_CHECKS_OF_EVERYBODY,
  RULE_CHECKS_OF_EVERYBODY,
} from './registry-general.ts'
import { RULE_CHECKS_OF_PLATFORMS } from './registry-platforms.ts'
import {
  CHECKS_OF_TEXTS,
  DOCUMENT_CHECKS_OF_TEXTS,
  ISSUER_CHECKS_OF_TEXTS,
  RULE_CHECKS_OF_TEXTS,
} from './registry-texts.ts'

export const RULE_CHECKS: readonly RuleCheck[] = [
  ...RULE_CHECKS_OF_EVERYBODY,
  ...RULE_CHECKS_OF_PLATFORMS,
  ...RULE_CHECKS_OF_TEXTS,
  ...RULE_CHECKS_OF_CONSUMERS,
]

export const ANY_RULE_CHECKS: readonly AnyRuleCheck[] = CHECKS_OF_TEXTS

export const ISSUER_CHECKS: readonly IssuerCheck[] = [
  ...ISSUER_CHECKS_OF_EVERYBODY,
  ...ISSUER_CHECKS_OF_TEXTS,
]

export const DOCUMENT_CHECKS: readonly DocumentCheck[] = [
  ...DOCUMENT_CHECKS_OF_EVERYBODY,
  ...DOCUMENT_CHECKS_OF_TEXTS,
  ...DOCUMENT_CHECKS_OF_CONSUMERS,
]
