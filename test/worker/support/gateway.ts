/**
 * Sends requests to the Worker's fetch handler. Each applied trust document starts a gateway with
 * its own stores, so that test files do not share data.
 */
import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { inject } from 'vitest'
import { REVOCATIONS_KEY } from '../../../src/protocol/revocations.ts'
import type { Env } from '../../../src/worker/env.ts'
import worker from '../../../src/worker/index.ts'
import { ADMIN_ISSUER_PATH } from '../../support/admin-policy.ts'
import { API, putTrust } from './trust.ts'

export const GATEWAY = 'https://sts.test'
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token'

let deployed = newDeployment()

/** The bindings of a new deployment. */
function newDeployment(): Env {
  const name = crypto.randomUUID()
  // The reader of a region asks the trust store of all tests. `newLayeredWorld` has one of its own.
  const { TRUST_READER: _, ...bindings } = env
  return {
    ...bindings,
    TRUST_STORE: only(env.TRUST_STORE, name),
    REPLAY_LEDGER: env.REPLAY_LEDGER,
    REVOCATION_LOG: only(env.REVOCATION_LOG, name),
    REVOCATIONS: withoutRevocations(env.REVOCATIONS),
    ...(env.STATUS_LISTS ? { STATUS_LISTS: only(env.STATUS_LISTS, name) } : {}),
    ...(env.DECISION_LOG ? { DECISION_LOG: named(env.DECISION_LOG, name) } : {}),
  }
}

/**
 * The namespace without what the logs of all tests publish in it: an alarm of another test may stop
 * issuing everywhere. So the gateway asks its own log. The tests of the caches read the namespace.
 */
function withoutRevocations(namespace: KVNamespace): KVNamespace {
  const get = (key: string, type: 'text') =>
    key.startsWith(REVOCATIONS_KEY) ? Promise.resolve(null) : namespace.get(key, type)
  return { get } as KVNamespace
}

/** The bindings of the current gateway. */
export function deployment(): Env {
  return deployed
}

/** Leases an index, and returns the name of its list. */
export async function newStatusList(): Promise<string> {
  const use = { rules: ['deploy'], issuer: 'https://issuer.test', keyId: 'key-1' }
  const lists = deployed.STATUS_LISTS?.getByName('lists')
  const lease = await lists?.lease({ use, count: 1, tokenSeconds: 600 })
  if (lease == null) throw new Error('no status list')
  return lease.list
}

/** A namespace that returns one object for every name. */
function only<N extends { getByName(name: string): unknown }>(namespace: N, name: string): N {
  return new Proxy(namespace, {
    get: (target, member) => (member === 'getByName' ? () => target.getByName(name) : undefined),
  })
}

/** A namespace whose names begin with this prefix. */
function named<N extends { getByName(name: string): unknown }>(namespace: N, prefix: string): N {
  const getByName = (name: string) => namespace.getByName(`${prefix}-${name}`)
  return new Proxy(namespace, {
    get: (_, member) => (member === 'getByName' ? getByName : undefined),
  })
}

/** Starts a new gateway with this document as its first revision. */
export async function applyTrust(document: unknown): Promise<void> {
  deployed = newDeployment()
  const store = deployed.TRUST_STORE.getByName('trust')
  const result = await putTrust(store, document, 0)
  if (result.kind !== 'stored') throw new Error(JSON.stringify(result))
}

/** Starts a new gateway without a document. */
export function emptyGateway(): void {
  deployed = newDeployment()
}

export async function send(path: string, init?: RequestInit): Promise<Response> {
  return worker.fetch(new Request(`${GATEWAY}${path}`, init), deployed, createExecutionContext())
}

/** Another isolate of this gateway with some other bindings. */
export function runWith(bindings: Partial<Env>) {
  const own = { ...deployed, ...bindings }
  const fetchFrom = async (path: string, init?: RequestInit): Promise<Response> =>
    worker.fetch(new Request(`${GATEWAY}${path}`, init), own, createExecutionContext())
  return {
    send: fetchFrom,
    exchange: (subjectToken: string) =>
      fetchFrom('/token', {
        method: 'POST',
        body: new URLSearchParams(exchangeForm(subjectToken)),
      }),
  }
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

/** The parameters of a good exchange with changes. `undefined` leaves one out. */
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

/** A subject token of an administrator by the deploy-time policy of the tests. */
export async function adminSubjectToken(
  environment = 'production',
  claims: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const response = await fetch(`${inject('devIssuer')}/${ADMIN_ISSUER_PATH}/mint`, {
    method: 'POST',
    body: JSON.stringify({
      provider: 'github-actions',
      audience: GATEWAY,
      claims: { environment, sub: `repo:acme/api:environment:${environment}`, ...claims },
    }),
  })
  return ((await response.json()) as { token: string }).token
}

/** An admin token, by the deploy-time policy of the tests. */
export async function adminToken(environment = 'production', scope?: string): Promise<string> {
  return accessToken(await adminSubjectToken(environment), { resource: GATEWAY, scope })
}
