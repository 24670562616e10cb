/**
 * `POST /admin/v1/explain` evaluates claims with the current trust document, or with the deploy-time
 * policy for the admin API itself, by the evaluator of an exchange. The claims are not verified, and
 * nothing is issued or recorded.
 */
import * as z from 'zod/mini'
import type { ExplainAnswer } from '../../../contract/admin.ts'
import { describeIssues } from '../../../contract/document-problems.ts'
import { MIN_TOKEN_LIFETIME_SECONDS } from '../../../contract/limits.ts'
import { referToProblems } from '../../../contract/problems/listed-problems.ts'
import { PROBLEMS } from '../../../contract/problems/problems.ts'
import { IN_ENGLISH, wholeNumber } from '../../../contract/text.ts'
import { cutLifetime, describeEvaluation } from '../../../core/decisions/explain-record.ts'
import { MAX_REQUEST_BODY_BYTES } from '../../../core/limits.ts'
import { isGatewayResource } from '../../../core/policy/compile/resource-uri.ts'
import {
  type ClaimedIdentities,
  evaluateClaims,
} from '../../../core/policy/explain/evaluate-claims.ts'
import { Unavailable } from '../../../core/ports.ts'
import { readClock } from '../../compose.ts'
import type { AdminContext } from '../../context.ts'
import { readJsonBody } from '../../http/json-body.ts'
import { respondJson, respondProblem } from '../../http/respond.ts'

const text = z.string().check(z.minLength(1))

const claims = z.record(z.string(), z.unknown())

export const explainRequestSchema = z.strictObject({
  /** The name of the issuer in the trust document. */
  issuer: text,
  claims,
  /** Who acts for the subject. */
  actor: z.optional(z.strictObject({ issuer: text, claims })),
  resource: z.optional(text),
  scopes: z.optional(z.array(text)),
  rule: z.optional(text),
  lifetime_seconds: z.optional(z.int().check(z.gte(MIN_TOKEN_LIFETIME_SECONDS))),
  /** Epoch seconds. By default now. */
  at: z.optional(wholeNumber),
  /** What the platform would report about the connection, for rules with a `condition`. */
  connection: z.optional(
    z.strictObject({
      country: z.optional(text),
      asn: z.optional(wholeNumber),
      ip: z.optional(text),
      tls: z.optional(text),
    }),
  ),
})

export async function postExplainRoute(c: AdminContext): Promise<Response> {
  const body = await readJsonBody(c, MAX_REQUEST_BODY_BYTES)
  if (!body.ok) return body.error
  const parsed = explainRequestSchema.safeParse(body.value, IN_ENGLISH)
  if (!parsed.success) {
    const problems = describeIssues(parsed.error, body.value)
    const detail = referToProblems('nothing was evaluated', 'members')
    return respondProblem({ ...PROBLEMS.bodyInvalid, detail, problems })
  }
  const { resource, scopes, rule, lifetime_seconds, connection } = parsed.data
  const { settings, trust } = c.var.gateway
  const view = await trust.load(readClock(), (task) => c.executionCtx.waitUntil(task))
  const isPolicy = resource !== undefined && isGatewayResource(resource, settings.issuer)
  const rules = isPolicy ? view.policy : view.document
  if (rules === undefined) throw new Unavailable('trust_document')
  const request = {
    resource,
    scopes,
    rule,
    lifetimeSeconds: lifetime_seconds,
    context: (connection ?? {}) as Readonly<Record<string, never>>,
  }
  const at = parsed.data.at ?? readClock()
  // The body is JSON.
  const identity = parsed.data as ClaimedIdentities
  const decided = evaluateClaims(rules, identity, request, at)
  const decision = cutLifetime(decided, settings.ceilings.maxTokenLifetimeSeconds)
  const answer: ExplainAnswer = {
    outcome: decision.kind,
    verified: false,
    source: isPolicy ? 'policy' : 'document',
    ...(isPolicy ? {} : { revision: view.revision }),
    at,
    ...describeEvaluation(decision, decision.request),
  }
  return respondJson(answer)
}
