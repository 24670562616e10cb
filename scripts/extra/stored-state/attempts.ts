/**
 * Token exchanges that run on the gateway that makes the stored state and, in a test, on a gateway
 * that reads it. Both answers must be equal, except for times and random ids.
 */
import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { DerivedKey } from '../../../test/support/derived-keys.ts'
import { API, FILES } from './documents.ts'

/** The issuer URL of the gateway, independent of its address. */
export const GATEWAY = 'https://sts.example.com'

export type Attempt = {
  readonly name: string
  /** The name of the key that signs the subject token. */
  readonly key: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly resource: string
  readonly form?: Readonly<Record<string, string>>
}

export type Answer = {
  readonly status: number
  readonly error?: string
  readonly expires_in?: number
  readonly header?: unknown
  /** Without `iat`, `exp` and `jti`. */
  readonly claims?: unknown
}

/** `issuers` is the URL of the dev issuer. */
export function makeAttempts(issuers: string): readonly Attempt[] {
  const job = (claims: Attempt['claims']) => ({ iss: `${issuers}/idp`, sub: 'job:1', ...claims })
  const groups = ['staff', 'reporters']
  const report = { job: 'report', team: 'payments', branch: 'a:b', commit: '5f1c', groups }
  const pod = {
    iss: 'https://kubernetes.default.svc.cluster.local',
    sub: 'system:serviceaccount:payments:worker',
    'kubernetes.io': {
      namespace: 'payments',
      serviceaccount: { name: 'worker', uid: '0c1f' },
      warnafter: 1_800_000_000,
    },
  }
  const idp = { key: 'idp', resource: API }
  return [
    { name: 'a template, an expression and a list', ...idp, claims: job(report) },
    {
      name: 'less than the rule gives',
      ...idp,
      claims: job({ ...report, branch: 'main' }),
      form: { scope: 'deploy:read', expires_in: '60', rule: 'report' },
    },
    { name: 'a scope that the rule lacks', ...idp, claims: job(report), form: { scope: 'x' } },
    { name: 'an expression that is false', ...idp, claims: job({ ...report, team: 'blue' }) },
    { name: 'a list without the value', ...idp, claims: job({ ...report, groups: ['staff'] }) },
    { name: 'a deny rule', ...idp, claims: job({ ...report, contract: 'yes' }) },
    { name: 'a rule that only observes', ...idp, claims: job({}), resource: FILES },
    { name: 'an unknown resource', ...idp, claims: job(report), resource: `${API}/v2` },
    { name: 'uploaded keys', key: 'cluster', claims: pod, resource: API },
    { name: 'the keys of another issuer', key: 'idp', claims: pod, resource: API },
    {
      name: 'a SPIFFE bundle',
      key: 'mesh',
      claims: { sub: 'spiffe://acme.example/worker/7' },
      resource: FILES,
    },
    {
      name: 'an issuer without keys',
      key: 'gitlab',
      claims: { iss: `${issuers}/gitlab`, sub: 'project_path:acme/app:ref_type:branch:ref:main' },
      resource: API,
    },
  ]
}

/** Signs the subject token of an attempt. It is for this gateway and valid for five minutes. */
export function signSubject(key: DerivedKey, claims: Attempt['claims']): Promise<string> {
  const iat = Math.floor(Date.now() / 1000)
  return key.sign({ aud: GATEWAY, iat, exp: iat + 300, ...claims })
}

export async function exchange(
  url: string,
  subjectToken: string,
  attempt: Pick<Attempt, 'resource' | 'form'>,
) {
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: subjectToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    resource: attempt.resource,
    ...attempt.form,
  })
  const response = await fetch(`${url}/token`, { method: 'POST', body })
  const answer = (await response.json()) as Readonly<Record<string, unknown>>
  return { status: response.status, answer, token: String(answer.access_token ?? '') }
}

export async function tryAttempt(url: string, key: DerivedKey, attempt: Attempt): Promise<Answer> {
  const subjectToken = await signSubject(key, attempt.claims)
  const { status, answer, token } = await exchange(url, subjectToken, attempt)
  if (token === '') return { status, error: String(answer.error) }
  const { kid: _, ...header } = decodeProtectedHeader(token)
  const { iat: _iat, exp: _exp, jti: _jti, ...claims } = decodeJwt(token)
  return { status, expires_in: Number(answer.expires_in), header, claims }
}
