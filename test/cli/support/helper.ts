/** Shared by the tests of the credential helpers: a workload, and the answers of its gateway. */
import { TOKEN_CANARY } from '../../support/canary/canary.ts'
import type { Gateway } from './gateway.ts'
import type { RunOptions } from './run.ts'

/** Any text of three parts: no test here verifies it. */
export const SUBJECT_TOKEN = `subject.token.${TOKEN_CANARY}`
/** The issued token in `GRANTED`. */
export const TOKEN = 'header.payload.signature'
export const RESOURCE = 'https://api.example.com'
const LIFETIME_SECONDS = 600

export const GRANTED = {
  access_token: TOKEN,
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  token_type: 'Bearer',
  expires_in: LIFETIME_SECONDS,
  scope: 'deploy:read',
  decision_id: 'dec_1',
}

export const grant = () => ({ status: 200, body: GRANTED })

export const refuse = () => ({
  status: 400,
  body: {
    error: 'invalid_request',
    error_description:
      'no trust rule allows this request; to find out why, give the decision_id to an administrator of this gateway',
    decision_id: 'dec_2',
  },
})

export const REFUSED =
  'refused: no trust rule allows this request; to find out why, give the decision_id to an administrator of this gateway (invalid_request)'

/** Returns the options of a run in a workload that has a subject token. */
export function workloadOf(
  gateway: Gateway,
  stdin = '',
  more: Readonly<Record<string, string>> = {},
): RunOptions {
  const environment = {
    EDGEMINT_URL: gateway.url,
    EDGEMINT_RESOURCE: RESOURCE,
    EDGEMINT_SUBJECT_TOKEN: SUBJECT_TOKEN,
    ...more,
  }
  return { stdin, environment }
}

/** Whether a time is the expiry of a token that was issued between `before` and `after`. */
export function isEndOfToken(seconds: number, before: number, after: number): boolean {
  return (
    seconds >= Math.floor(before / 1000) + LIFETIME_SECONDS &&
    seconds <= Math.ceil(after / 1000) + LIFETIME_SECONDS
  )
}
