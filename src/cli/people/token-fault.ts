/** Why a gateway may have refused an admin token, as far as the token itself says it. */
import { writeTime } from '../keys/key-time.ts'
import { readTokenFacts } from '../operate/doctor/subject-facts.ts'

/** `at`: epoch seconds. Returns undefined if the token does not say it. Nothing is verified. */
export function findTokenFault(token: string, url: string, at: number): string | undefined {
  const { exp, iss } = readTokenFacts(token) ?? {}
  if (iss !== undefined && iss !== url.replace(/\/+$/, '')) {
    return `the token is from ${iss}, and only a token that the gateway has issued is accepted`
  }
  if (exp === undefined || exp > at) return undefined
  return `the token expired at ${writeTime(exp)}, by the clock of this machine`
}
