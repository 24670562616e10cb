/**
 * Every check of lint, by what it looks at; the order is that of findings within one rule. What
 * the compiler refuses outright (LINT-01, 05, 16 to 19, 30) has no check here.
 */
import type { DocumentCheck, IssuerCheck, RuleCheck } from './check.ts'
import {
  DOCUMENT_CHECKS_OF_EVERYBODY,
  ISSUER_CHECKS_OF_EVERYBODY,
  RULE_CHECKS_OF_EVERYBODY,
} from './registry-general.ts'
import { RULE_CHECKS_OF_PLATFORMS } from './registry-platforms.ts'

export const RULE_CHECKS: readonly RuleCheck[] = [
  ...RULE_CHECKS_OF_EVERYBODY,
  ...RULE_CHECKS_OF_PLATFORMS,
]

export const ISSUER_CHECKS: readonly IssuerCheck[] = ISSUER_CHECKS_OF_EVERYBODY

export const DOCUMENT_CHECKS: readonly DocumentCheck[] = DOCUMENT_CHECKS_OF_EVERYBODY
