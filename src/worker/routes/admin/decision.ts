/**
 * `GET /admin/v1/decisions/{id}` returns one decision and why it was made: the rules that were in force
 * are evaluated again.
 */

import type { DecisionAnswer, DecisionExplanation } from '../../../contract/decisions/answers.ts'
import { readDecisionId } from '../../../contract/decisions/id.ts'
import { type DecisionRecord, readRecord } from '../../../contract/decisions/record.ts'
import { PROBLEMS } from '../../../contract/problems/problems.ts'
import { explainRecord, sourceOf } from '../../../core/decisions/explain-record.ts'
import type { CompiledTrust } from '../../../core/policy/compile/compiled.ts'
import { readStoredDocument } from '../../caches/trust/stored-document.ts'
import type { AdminContext } from '../../context.ts'
import { respondJson, respondProblem } from '../../http/respond.ts'
import { refuseWithoutLog } from './decision-problems.ts'

export async function getDecisionRoute(c: AdminContext): Promise<Response> {
  const { decisionLog } = c.var.gateway
  if (decisionLog === undefined) return refuseWithoutLog()
  const id = c.req.param('id') ?? ''
  const parts = readDecisionId(id)
  if (parts === undefined) {
    const message =
      'is no decision id: it is `dec_` and 22 characters, which name a shard and a time. Copy all of it from `decision_id` or a log line'
    return respondProblem({
      ...PROBLEMS.idInvalid,
      detail: `this ${message}`,
      problems: [{ code: 'id_invalid', path: ['id'], message }],
    })
  }
  const line = await decisionLog.find(parts.shard, { at: parts.at, id })
  const decision = line === null ? undefined : readRecord(line)
  if (decision === undefined) {
    return respondProblem({
      ...PROBLEMS.notFound,
      detail:
        'the decision log does not have this decision. It arrives about a second after the answer, and is deleted after DECISION_RETENTION_DAYS, or earlier beyond DECISION_MAX_RECORDS: look for older ones in the exports',
    })
  }
  const answer: DecisionAnswer = { decision, explanation: await explainDecision(c, decision) }
  return respondJson(answer)
}

async function explainDecision(
  c: AdminContext,
  decision: DecisionRecord,
): Promise<DecisionExplanation> {
  const { settings } = c.var.gateway
  return explainRecord(decision, await loadTrust(c, decision), {
    gatewayIssuer: settings.issuer,
    maxTokenLifetimeSeconds: settings.ceilings.maxTokenLifetimeSeconds,
  })
}

/** Returns the rules that decided; undefined if they are no longer stored, or if none did. */
async function loadTrust(
  c: AdminContext,
  decision: DecisionRecord,
): Promise<CompiledTrust | undefined> {
  const { settings, trustDocuments } = c.var.gateway
  const source = sourceOf(decision, settings.issuer)
  if (source === 'policy') return settings.policy
  const { revision } = decision
  if (source === undefined || revision === undefined) return undefined
  const bytes = revision === 0 ? null : await trustDocuments.of(revision)
  return readStoredDocument(revision, bytes, settings.ceilings).trust
}
