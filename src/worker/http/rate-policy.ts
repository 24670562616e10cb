/**
 * Tells callers the configured rate limits in the `RateLimit-Policy` field of the HTTPAPI working
 * group. A Worker cannot read the numbers of its bindings, so a deployment repeats them in two
 * variables. Without these variables, the field is left out.
 */
import { RATE_POLICY } from '../../contract/settings.ts'
import type { RenderedResponse } from '../../core/endpoint/render.ts'
import type { Env } from '../env.ts'

/**
 * Adds the policies to a response with status 429, and the wait that the one of its limit needs.
 * Returns any other response unchanged.
 */
export function tellRatePolicy(response: RenderedResponse, env: Env): RenderedResponse {
  if (response.status !== 429) return response
  const policies = [
    ...describePolicy('address', env.RATE_LIMIT_ADDRESS_POLICY),
    ...describePolicy('subject', env.RATE_LIMIT_SUBJECT_POLICY),
  ]
  if (policies.length === 0) return response
  const headers = { ...response.headers, 'ratelimit-policy': policies.join(', ') }
  const [limit = ''] = (response.headers.ratelimit ?? '').split(';')
  const seconds = policies.find((one) => one.startsWith(limit))?.split('w=')[1]
  if (seconds === undefined) return { ...response, headers }
  const wait = { 'retry-after': seconds, ratelimit: `${limit};r=0;t=${seconds}` }
  return { ...response, headers: { ...headers, ...wait } }
}

function describePolicy(name: string, policy: string | undefined): readonly string[] {
  const [, quota, seconds] = RATE_POLICY.exec(policy ?? '') ?? []
  return quota === undefined ? [] : [`"${name}";q=${quota};w=${seconds}`]
}
