/**
 * All mutants: each removes a check that matters, and a test must fail then. If no test notices, a
 * later change can lose the check.
 */

import { ACTOR_MUTANTS } from './actor.ts'
import { ADMIN_MUTANTS } from './admin.ts'
import { BACKUP_MUTANTS } from './backup.ts'
import { BINDING_MUTANTS } from './binding.ts'
import { BOUND_MUTANTS } from './bound.ts'
import { BUDGET_MUTANTS } from './budget.ts'
import { CANARY_MUTANTS } from './canary.ts'
import { CHANGE_MUTANTS } from './changes.ts'
import { CLI_MUTANTS } from './cli.ts'
import { CLIENT_MUTANTS } from './client.ts'
import { CONSOLE_MUTANTS } from './console.ts'
import { CONSUMER_MUTANTS } from './consumers.ts'
import { COPY_MUTANTS } from './copies.ts'
import { COUNT_MUTANTS } from './counts.ts'
import { DECISION_MUTANTS } from './decision.ts'
import { DECISION_LOG_MUTANTS } from './decision-log.ts'
import { DECISION_READING_MUTANTS } from './decision-reading.ts'
import { DISTRIBUTION_MUTANTS } from './distribution.ts'
import { DOCUMENT_MUTANTS } from './documents.ts'
import { DOWNSCOPE_MUTANTS } from './downscope.ts'
import { EDGE_MUTANTS } from './edge.ts'
import { ENDPOINT_MUTANTS } from './endpoint.ts'
import { EVIDENCE_MUTANTS } from './evidence.ts'
import { EXPLAIN_MUTANTS } from './explain.ts'
import { GRANT_MUTANTS } from './grants.ts'
import { KEPT_MUTANTS } from './kept.ts'
import { KEY_MUTANTS } from './keys.ts'
import { LAYER_MUTANTS } from './layers.ts'
import { LINT_MUTANTS } from './lint.ts'
import { MEMORY_MUTANTS } from './memories.ts'
import { MORE_MUTANTS } from './more.ts'
import type { Mutant } from './mutant.ts'
import { OPERATOR_MUTANTS } from './operator.ts'
import { PEOPLE_MUTANTS } from './people.ts'
import { PLATFORM_MUTANTS } from './platform.ts'
import { POSTURE_MUTANTS } from './posture.ts'
import { PRESET_MUTANTS } from './presets.ts'
import { PRODUCTION_MUTANTS } from './production.ts'
import { REVOCATION_LOG_MUTANTS } from './revocation-log.ts'
import { REVOCATION_MUTANTS } from './revocations.ts'
import { RULE_MUTANTS } from './rules.ts'
import { SPIFFE_MUTANTS } from './spiffe.ts'
import { STATE_MUTANTS } from './state.ts'
import { STATUS_MUTANTS } from './status.ts'
import { TRUST_READER_MUTANTS } from './trust-reader.ts'
import { UPKEEP_MUTANTS } from './upkeep.ts'
import { WIRE_MUTANTS } from './wire.ts'

export const MUTANTS: readonly Mutant[] = [
  ...ACTOR_MUTANTS,
  ...DOWNSCOPE_MUTANTS,
  ...EVIDENCE_MUTANTS,
  ...CONSUMER_MUTANTS,
  ...ENDPOINT_MUTANTS,
  ...GRANT_MUTANTS,
  ...EXPLAIN_MUTANTS,
  ...MEMORY_MUTANTS,
  ...MORE_MUTANTS,
  ...PLATFORM_MUTANTS,
  ...STATE_MUTANTS,
  ...REVOCATION_LOG_MUTANTS,
  ...REVOCATION_MUTANTS,
  ...CLIENT_MUTANTS,
  ...DECISION_MUTANTS,
  ...BACKUP_MUTANTS,
  ...BINDING_MUTANTS,
  ...BUDGET_MUTANTS,
  ...DECISION_LOG_MUTANTS,
  ...DECISION_READING_MUTANTS,
  ...CHANGE_MUTANTS,
  ...DISTRIBUTION_MUTANTS,
  ...LAYER_MUTANTS,
  ...TRUST_READER_MUTANTS,
  ...EDGE_MUTANTS,
  ...BOUND_MUTANTS,
  ...CANARY_MUTANTS,
  ...WIRE_MUTANTS,
  ...CLI_MUTANTS,
  ...RULE_MUTANTS,
  ...DOCUMENT_MUTANTS,
  ...PRESET_MUTANTS,
  ...SPIFFE_MUTANTS,
  ...STATUS_MUTANTS,
  ...ADMIN_MUTANTS,
  ...LINT_MUTANTS,
  ...POSTURE_MUTANTS,
  ...KEY_MUTANTS,
  ...CONSOLE_MUTANTS,
  ...OPERATOR_MUTANTS,
  ...PEOPLE_MUTANTS,
  ...PRODUCTION_MUTANTS,
  ...COPY_MUTANTS,
  ...COUNT_MUTANTS,
  ...UPKEEP_MUTANTS,
  ...KEPT_MUTANTS,
]
