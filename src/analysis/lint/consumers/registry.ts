/** The checks of what consumers accept of issued tokens. */
import type { DocumentCheck, RuleCheck } from '../check.ts'
import { findMissingScope, findUnfitLifetime } from './grants.ts'
import { findExtraKeys, findMissingPresets, findOtherAudiences } from './resources.ts'
import { findSubjectCharacters, findSubjectLength } from './subject.ts'
import { findTagCharacters } from './tags.ts'

export const RULE_CHECKS_OF_CONSUMERS: readonly RuleCheck[] = [
  { lint: 'LINT-42', check: findSubjectLength },
  { lint: 'LINT-43', check: findSubjectCharacters },
  { lint: 'LINT-45', check: findUnfitLifetime },
  { lint: 'LINT-46', check: findTagCharacters },
  { lint: 'LINT-47', check: findMissingScope },
]

export const DOCUMENT_CHECKS_OF_CONSUMERS: readonly DocumentCheck[] = [
  { lint: 'LINT-41', check: findMissingPresets },
  { lint: 'LINT-44', check: findOtherAudiences },
  { lint: 'LINT-48', check: findExtraKeys },
]
