/** The checks of what a document writes out: values that never occur, characters nobody sees. */
import type { AnyRuleCheck, DocumentCheck, IssuerCheck, RuleCheck } from './check.ts'
import { findOpenInequality } from './checks/inequality.ts'
import { findInvisible, findInvisibleAudience, findInvisibleResources } from './checks/invisible.ts'
import { findOtherType, findPaddedAudience, findUnreachable } from './checks/unreachable.ts'

/** Asked of deny rules too: one that can never match refuses nobody. */
export const CHECKS_OF_TEXTS: readonly AnyRuleCheck[] = [
  { lint: 'LINT-30', check: findOtherType },
  { lint: 'LINT-37', check: findUnreachable },
  { lint: 'LINT-38', check: findInvisible },
]

export const RULE_CHECKS_OF_TEXTS: readonly RuleCheck[] = [
  { lint: 'LINT-39', check: findOpenInequality },
]

export const DOCUMENT_CHECKS_OF_TEXTS: readonly DocumentCheck[] = [
  { lint: 'LINT-38', check: findInvisibleResources },
]

export const ISSUER_CHECKS_OF_TEXTS: readonly IssuerCheck[] = [
  { lint: 'LINT-37', check: findPaddedAudience },
  { lint: 'LINT-38', check: findInvisibleAudience },
]
