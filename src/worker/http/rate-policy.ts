/**
 * Tells callers the configured rate limits in the `RateLimit-Policy` field of the HTTPAPI working
 * group. A Worker cannot read the numbers of its bindings, so a deployment repeats them in two
 * variables. Without these variables, the field is left out.
 */
import { RATE_POLICY } from '../../contract/settings.ts'
import {
  exceededHeaders,
  type RateLimitName,
  type RenderedResponse,
} from '../../core/endpoint/render.ts'
import type { Env } from '../env.ts'

/** A rate limit of this deployment: so many requests (`quota`) in so many seconds, as digits. */
type RatePolicy = {
  readonly name: RateLimitName
  readonly quota: string
  readonly seconds: string
}

/**
 * Adds the policies to a response for a caller that exceeded a limit, and the wait that the policy of
 * this limit needs. Returns any other response unchanged.
 */
export function tellRatePolicy(response: RenderedResponse, env: Env): RenderedResponse {
  const { exceeded } = response
  if (exceeded === undefined) return response
  const policies = [
    ...readPolicy('address', env.RATE_LIMIT_ADDRESS_POLICY),
    ...readPolicy('subject', env.RATE_LIMIT_SUBJECT_POLICY),
  ]
  if (policies.length === 0) return response
  const headers = { ...response.headers, 'ratelimit-policy': policies.map(renderPolicy).join(', ') }
  const policy = policies.find(({ name }) => name === exceeded)
  if (policy === undefined) return { ...response, headers }
  return { ...response, headers: { ...headers, ...exceededHeaders(exceeded, policy.seconds) } }
}

function readPolicy(name: RateLimitName, text: string | undefined): readonly RatePolicy[] {
  const [, quota, seconds] = RATE_POLICY.exec(text ?? '') ?? []
  return quota === undefined || seconds === undefined ? [] : [{ name, quota, seconds }]
}

function renderPolicy({ name, quota, seconds }: RatePolicy): string {
  return `"${name}";q=${quota};w=${seconds}`
}
