/** What the tests of the credential helpers share: a workload, and what its gateway answers. */
import { TOKEN_CANARY } from '../../support/canary/canary.ts'
import type { Gateway } from './gateway.ts'
import type { RunOptions } from './run.ts'

/** Read by nobody here, so any text of three parts will do. */
export const SUBJECT_TOKEN = `subject.token.${TOKEN_CANARY}`
/** As the gateway's answer has it. */
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

/** The options of a run in a workload that holds a subject token. */
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

/** Whether this moment is the end of a token that was issued between two others. */
export function isEndOfToken(seconds: number, before: number, after: number): boolean {
  return (
    seconds >= Math.floor(before / 1000) + LIFETIME_SECONDS &&
    seconds <= Math.ceil(after / 1000) + LIFETIME_SECONDS
  )
}
