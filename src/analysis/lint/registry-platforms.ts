/** The checks of one platform's claims: GitHub, GitLab, clouds, clusters, CI services. */

import type { RuleCheck } from './check.ts'
import { findOpenBranches } from './checks/branches.ts'
import { findIdWithoutTenant, findUnprovenEmail } from './checks/email.ts'
import { findCaseOfNames, findOneSubjectFormat, findWithdrawnSubjects } from './checks/github.ts'
import {
  findSharedRunners,
  findUnguardedEnvironment,
  findUnsafeEvents,
  findWorkflowOfAnybody,
} from './checks/runs.ts'
import { findOpenCircle, findOpenTerraform } from './checks/services.ts'
import { findOpenRoles, findOpenServiceAccounts, findOpenTrustDomains } from './checks/workloads.ts'
import { findProposalSubjects, findPublicProposals } from './proposals.ts'

export const RULE_CHECKS_OF_PLATFORMS: readonly RuleCheck[] = [
  { lint: 'LINT-06', check: findWorkflowOfAnybody },
  { lint: 'LINT-07', check: findUnsafeEvents },
  { lint: 'LINT-08', check: findProposalSubjects },
  { lint: 'LINT-10', check: findWithdrawnSubjects },
  { lint: 'LINT-11', check: findOneSubjectFormat },
  { lint: 'LINT-13', check: findUnguardedEnvironment },
  { lint: 'LINT-14', check: findOpenBranches },
  { lint: 'LINT-21', check: findUnprovenEmail },
  { lint: 'LINT-22', check: findIdWithoutTenant },
  { lint: 'LINT-23', check: findOpenRoles },
  { lint: 'LINT-24', check: findOpenServiceAccounts },
  { lint: 'LINT-25', check: findOpenTrustDomains },
  { lint: 'LINT-26', check: findOpenTerraform },
  { lint: 'LINT-27', check: findOpenCircle },
  { lint: 'LINT-28', check: findSharedRunners },
  { lint: 'LINT-29', check: findPublicProposals },
  { lint: 'LINT-34', check: findCaseOfNames },
]
