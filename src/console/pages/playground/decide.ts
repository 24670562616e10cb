/** Asks the gateway or the draft of the editor for a decision. */
import type { ClaimsDecision } from '../../../core/policy/explain/evaluate-claims.ts'
import { fail, ok, type Result } from '../../../web/result.ts'
import type { ApiFailure } from '../../api/failure.ts'
import { read } from '../../api/request.ts'
import { EXPLAIN_ANSWER } from '../../api/shapes.ts'
import type { Draft } from '../editor/draft.ts'
import type { Decided, PlaygroundRequest } from './request.ts'
import type { PlaygroundTools } from './use-playground-tools.ts'

export type Fault =
  | { readonly kind: 'draft_refused' }
  | { readonly kind: 'failed'; readonly failure: ApiFailure }

export async function askGateway(request: PlaygroundRequest): Promise<Result<Decided, Fault>> {
  const answer = await read('/explain', EXPLAIN_ANSWER, { method: 'POST', body: request })
  if (!answer.ok) return fail({ kind: 'failed', failure: answer.error })
  const { evaluation, revision, source: _, ...rest } = answer.value
  return ok({
    ...rest,
    ...(revision === undefined ? {} : { revision }),
    // The contract says that this is the decision of the evaluator.
    evaluation: evaluation as ClaimsDecision,
  })
}

export async function askDraft(
  request: PlaygroundRequest,
  draft: Draft,
  gatewayIssuer: string,
  tools: PlaygroundTools,
): Promise<Result<Decided, Fault>> {
  const { assess, createBase } = await import('../editor/document/door.ts')
  const at = Math.floor(Date.now() / 1000)
  const assessed = assess(draft.text, createBase(draft.revision, {}, gatewayIssuer), at)
  if (assessed.kind === 'refused') return fail({ kind: 'draft_refused' })
  return ok(tools.decideByDraft(assessed.trust, request, at))
}
