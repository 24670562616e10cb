/** The checks of texts in a document: values that never occur and invisible characters. */
import type { AnyRuleCheck, DocumentCheck, IssuerCheck, RuleCheck } from './check.ts'
import { findOpenInequality } from './checks/inequality.ts'
import { findInvisible, findInvisibleAudience, findInvisibleResources } from './checks/invisible.ts'
import { findOtherType, findPaddedAudience, findUnreachable } from './checks/unreachable.ts'
import { findUnordered } from './expressions/ordering.ts'

/** These checks also examine deny rules, because a deny rule that never matches denies nothing. */
export const CHECKS_OF_TEXTS: readonly AnyRuleCheck[] = [
  { lint: 'LINT-30', check: findOtherType },
  { lint: 'LINT-30', check: findUnordered },
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
