/** The checks that apply to every issuer. */
import type { DocumentCheck, IssuerCheck, RuleCheck } from './check.ts'
import {
  findForeignPlaceholder,
  findOpenBudget,
  findUntended,
  findWideGrants,
} from './checks/grants.ts'
import {
  findFixedAudience,
  findKeyless,
  findRespelledAudience,
  findSharedAudience,
  findSharedName,
  findWeakKeys,
} from './checks/issuers.ts'
import { findOverlaps } from './checks/overlaps.ts'
import { findBareHosts, findInvalidUris } from './checks/resources.ts'
import {
  findEmptyPattern,
  findOpenName,
  findOpenOwner,
  findRegularExpression,
} from './checks/wildcards.ts'
import { findChosenOnly, findChosenSubject, findNamesOnly, findNegativeOnly } from './holder.ts'

export const RULE_CHECKS_OF_EVERYBODY: readonly RuleCheck[] = [
  { lint: 'LINT-02', check: findOpenOwner },
  { lint: 'LINT-03', check: findOpenName },
  { lint: 'LINT-04', check: findEmptyPattern },
  { lint: 'LINT-05', check: findRegularExpression },
  { lint: 'LINT-09', check: findNamesOnly },
  { lint: 'LINT-12', check: findChosenOnly },
  { lint: 'LINT-15', check: findFixedAudience },
  { lint: 'LINT-20', check: findWeakKeys },
  { lint: 'LINT-31', check: findNegativeOnly },
  { lint: 'LINT-32', check: findWideGrants },
  { lint: 'LINT-35', check: findUntended },
  { lint: 'LINT-36', check: findChosenSubject },
  { lint: 'LINT-49', check: findOpenBudget },
  { lint: 'LINT-51', check: findForeignPlaceholder },
]

export const ISSUER_CHECKS_OF_EVERYBODY: readonly IssuerCheck[] = [
  { lint: 'LINT-15', check: findSharedAudience },
  { lint: 'LINT-18', check: findSharedName },
  { lint: 'LINT-54', check: findRespelledAudience },
]

export const DOCUMENT_CHECKS_OF_EVERYBODY: readonly DocumentCheck[] = [
  { lint: 'LINT-33', check: findOverlaps },
  { lint: 'LINT-40', check: findBareHosts },
  { lint: 'LINT-52', check: findInvalidUris },
  { lint: 'LINT-53', check: findKeyless },
]
