/** A public client of the dev issuer's people, written by hand. */
import { createHash } from 'node:crypto'
import { type DevIssuer, startDevIssuer } from '../../../src/dev/issuer/issuer.ts'
import { signIn } from '../../support/browser.ts'

const VERIFIER = 'a-verifier-of-at-least-forty-three-characters'
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')
export const CALLBACK = 'http://127.0.0.1:49152/callback'
export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

type Values = Readonly<Record<string, string>>
type Json = Readonly<Record<string, unknown>>

export type Client = {
  readonly dev: DevIssuer
  readonly issuer: string
  readonly authorizeUrl: (change?: Values, leaveOut?: string) => string
  /** Signs a person in and returns the code. */
  readonly code: (change?: Values, person?: string) => Promise<string>
  readonly post: (endpoint: string, form: Values, headers?: Values) => Promise<Response>
  /** The status, and the body of an answer of the token endpoint. */
  readonly token: (form: Values) => Promise<Json>
  readonly redeem: (code: string, change?: Values) => Promise<Json>
  readonly behave: (members: Values) => Promise<Response>
}

export async function startClient(now?: () => number): Promise<Client> {
  const dev = await startDevIssuer(now === undefined ? {} : { now })
  const issuer = `${dev.issuer}/people`
  const post: Client['post'] = (endpoint, form, headers = {}) =>
    fetch(`${issuer}${endpoint}`, { method: 'POST', body: new URLSearchParams(form), headers })
  const token: Client['token'] = async (form) => {
    const response = await post('/token', { client_id: 'edgemint', ...form })
    return { status: response.status, ...((await response.json()) as Json) }
  }
  const authorizeUrl: Client['authorizeUrl'] = (change = {}, leaveOut = '') => {
    const url = new URL(`${issuer}/authorize`)
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: 'edgemint',
      redirect_uri: CALLBACK,
      scope: 'openid',
      state: 'the-state',
      nonce: 'the-nonce',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
      ...change,
    }).toString()
    url.searchParams.delete(leaveOut)
    return url.href
  }
  return {
    dev,
    issuer,
    authorizeUrl,
    post,
    token,
    code: async (change = {}, person = 'ada') =>
      new URL(await signIn(authorizeUrl(change), person)).searchParams.get('code') ?? '',
    redeem: (code, change = {}) =>
      token({
        grant_type: 'authorization_code',
        code,
        redirect_uri: CALLBACK,
        code_verifier: VERIFIER,
        ...change,
      }),
    behave: (members) =>
      fetch(`${issuer}/behave`, { method: 'POST', body: JSON.stringify(members) }),
  }
}
