/**
 * What callers are told of the rate limits beside that they ran into one: the RateLimit-Policy
 * field of the HTTPAPI working group. The platform keeps a binding's numbers to itself, so a
 * deployment repeats them in two variables; without these the field is left out.
 */
import { RATE_POLICY } from '../../contract/settings.ts'
import type { RenderedResponse } from '../../core/endpoint/render.ts'
import type { Env } from '../env.ts'

/** The same response; with the policies in a header when it says that there were too many. */
export function tellRatePolicy(response: RenderedResponse, env: Env): RenderedResponse {
  if (response.status !== 429) return response
  const policies = [
    ...describePolicy('address', env.RATE_LIMIT_ADDRESS_POLICY),
    ...describePolicy('subject', env.RATE_LIMIT_SUBJECT_POLICY),
  ]
  if (policies.length === 0) return response
  return { ...response, headers: { ...response.headers, 'ratelimit-policy': policies.join(', ') } }
}

function describePolicy(name: string, policy: string | undefined): readonly string[] {
  const [, quota, seconds] = RATE_POLICY.exec(policy ?? '') ?? []
  return quota === undefined ? [] : [`"${name}";q=${quota};w=${seconds}`]
}
