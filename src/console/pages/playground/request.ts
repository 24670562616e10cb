/** A question of the playground and its answer, from the gateway or from the draft of the editor. */
import type { ExplainAnswer } from '../../../contract/admin.ts'
import type { ClaimsDecision } from '../../../core/policy/explain/evaluate-claims.ts'
import type { JsonObject } from '../../../web/json.ts'

/** The body of `POST /admin/v1/explain`. */
export type PlaygroundRequest = {
  readonly issuer: string
  readonly claims: JsonObject
  readonly resource?: string
  readonly scopes?: readonly string[]
  readonly rule?: string
  readonly lifetime_seconds?: number
}

/** An answer, with the type of its evaluation: `edgemint/rules` describes it. */
export type Decided = Omit<ExplainAnswer, 'evaluation' | 'revision' | 'source'> & {
  readonly evaluation: ClaimsDecision
  /** Absent: the draft decided. */
  readonly revision?: number
}

export type RequestFields = {
  readonly issuer: string
  readonly resource: string
  /** Separated by spaces. */
  readonly scopes: string
  readonly rule: string
  /** Seconds. */
  readonly lifetime: string
}

/** An empty field asks for nothing. */
export function readRequest(fields: RequestFields, claims: JsonObject): PlaygroundRequest {
  const { issuer, resource, rule } = fields
  const scopes = fields.scopes.split(/\s+/).filter((scope) => scope !== '')
  const lifetime = Number(fields.lifetime)
  return {
    issuer,
    claims,
    ...(resource === '' ? {} : { resource }),
    ...(scopes.length === 0 ? {} : { scopes }),
    ...(rule.trim() === '' ? {} : { rule: rule.trim() }),
    ...(Number.isInteger(lifetime) && lifetime > 0 ? { lifetime_seconds: lifetime } : {}),
  }
}
