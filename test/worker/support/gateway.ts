/** The gateway as its callers see it: requests to the Worker's own fetch handler. */
import { exports } from 'cloudflare:workers'
import { inject } from 'vitest'
import { ADMIN_ISSUER_PATH } from '../../support/admin-policy.ts'
import { API } from './trust.ts'

export const GATEWAY = 'https://sts.test'
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token'

export function send(path: string, init?: RequestInit): Promise<Response> {
  return exports.default.fetch(`${GATEWAY}${path}`, init)
}

export type Form = Readonly<Record<string, string>> | readonly (readonly [string, string])[]

export function post(
  path: string,
  form: Form,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const body = new URLSearchParams(form as Record<string, string>).toString()
  return send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body,
  })
}

/** The parameters of a good exchange, with changes; undefined leaves one out. */
export function exchangeForm(
  subjectToken: string,
  change: Readonly<Record<string, string | undefined>> = {},
): Readonly<Record<string, string>> {
  const form = {
    grant_type: TOKEN_EXCHANGE,
    subject_token: subjectToken,
    subject_token_type: ID_TOKEN,
    resource: API,
    ...change,
  }
  return Object.fromEntries(
    Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

export function exchange(
  subjectToken: string,
  change?: Readonly<Record<string, string | undefined>>,
): Promise<Response> {
  return post('/token', exchangeForm(subjectToken, change))
}

export async function readJson(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>
}

/** The token of a good exchange. */
export async function accessToken(
  subjectToken: string,
  change?: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const response = await exchange(subjectToken, change)
  const body = await readJson(response)
  if (response.status !== 200) throw new Error(JSON.stringify(body))
  return String(body.access_token)
}

export function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` }
}

/** An admin token, by the deploy-time policy of the tests. */
export async function adminToken(environment = 'production', scope?: string): Promise<string> {
  const response = await fetch(`${inject('devIssuer')}/${ADMIN_ISSUER_PATH}/mint`, {
    method: 'POST',
    body: JSON.stringify({
      provider: 'github-actions',
      audience: GATEWAY,
      claims: { environment, sub: `repo:acme/api:environment:${environment}` },
    }),
  })
  const { token } = (await response.json()) as { token: string }
  return accessToken(token, { resource: GATEWAY, scope })
}
