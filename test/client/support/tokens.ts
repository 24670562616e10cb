/** A token source under test. The test sets the clock, and the subject tokens are counted. */
import {
  createTokenSource,
  type SubjectTokenSource,
  type TokenSource,
  type TokenSourceOptions,
} from '../../../src/client/index.ts'
import { type Gateway, GRANTED } from './gateway.ts'

export type Tokens = TokenSource & {
  /** Epoch seconds, set by the test. */
  readonly clock: { now: number }
  /** How many times the platform was called. */
  readonly asked: () => number
}

export const START = 1_800_000_000

export function openTokens(url: string, change: Partial<TokenSourceOptions> = {}): Tokens {
  const clock = { now: START }
  let count = 0
  const source: SubjectTokenSource = {
    name: 'counted',
    getSubjectToken: async () => {
      count += 1
      return `subject.token.${count}`
    },
  }
  const resource = 'https://api.example.com'
  const tokens = createTokenSource({ url, resource, source, now: () => clock.now, ...change })
  return { ...tokens, clock, asked: () => count }
}

/** Grants a new token in each exchange, and accepts each revocation. */
export function grantNumbered(gateway: Gateway): void {
  let count = 0
  gateway.answer((response) => {
    count += 1
    const body = { ...GRANTED, access_token: `issued.${count}` }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
}

export const UNAVAILABLE = { error: 'temporarily_unavailable', error_description: 'try again' }
export const DENIED = { error: 'invalid_request', error_description: 'no rule allows this' }
