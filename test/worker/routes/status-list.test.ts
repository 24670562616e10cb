/** The published status lists: their form, what they show, and how they are served. */
import { runInDurableObject } from 'cloudflare:test'
import { decodeJwt, decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { readStatus } from '../../../src/protocol/status/status-list.ts'
import { decodeBase64Url } from '../../../src/web/base64.ts'
import { inflateBounded } from '../../../src/web/compression/deflate.ts'
import {
  STATUS_LIST_LIFETIME_SECONDS,
  STATUS_LIST_TTL_SECONDS,
} from '../../../src/worker/caches/status/limits.ts'
import {
  accessToken,
  adminToken,
  applyTrust,
  bearer,
  deployment,
  GATEWAY,
  post,
  readJson,
  runWith,
  send,
} from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'

const issuer = newIssuer()
const MEBI = 2 ** 20
const resources = { [API]: { scopes: ['deploy:read', 'deploy:write'], status_list: true } }

beforeAll(() => applyTrust(trustFor(issuer.url, { resources })))

type Reference = { idx: number; uri: string }
const referenceOf = (token: string): Reference =>
  (decodeJwt(token).status as { status_list: Reference }).status_list
const issue = async () => accessToken(await issuer.mint())
const pathOf = ({ uri }: Reference) => uri.slice(GATEWAY.length)

/** The runtime warns if `text()` reads a type that it does not know as text. */
const readText = async (response: Response) =>
  new TextDecoder().decode(await response.arrayBuffer())

/** A new isolate, which has no list in memory. */
async function readList(reference: Reference): Promise<Uint8Array> {
  const response = await runWith({}).send(pathOf(reference))
  expect(response.status).toBe(200)
  const { status_list: list } = decodeJwt(await readText(response))
  const { bits, lst } = list as { bits: number; lst: string }
  expect(bits).toBe(1)
  return (await inflateBounded(decodeBase64Url(lst), MEBI)) ?? new Uint8Array()
}

async function statusOf(token: string): Promise<number | undefined> {
  const reference = referenceOf(token)
  return readStatus(await readList(reference), 1, reference.idx)
}

describe('a status list', () => {
  it('SL-05 SL-06 SL-07 SL-09 is a JWT of its URI, signed by a published key', async () => {
    const reference = referenceOf(await issue())
    const response = await send(pathOf(reference))
    expect(response.headers.get('content-type')).toBe('application/statuslist+jwt')
    const token = await readText(response)
    const { keys } = (await (await send('/jwks.json')).json()) as { keys: JWK[] }
    const { kid } = decodeProtectedHeader(token)
    const key = keys.find((one) => one.kid === kid) ?? {}
    const { payload, protectedHeader } = await jwtVerify(token, await importJWK(key, 'ES256'))
    expect(protectedHeader).toEqual({ typ: 'statuslist+jwt', alg: 'ES256', kid })
    const { iat = 0, exp = 0 } = payload
    expect(payload).toMatchObject({
      iss: GATEWAY,
      sub: reference.uri,
      ttl: STATUS_LIST_TTL_SECONDS,
    })
    expect(exp - iat).toBe(STATUS_LIST_LIFETIME_SECONDS)
  })

  it('SL-13 SL-15 shows unused and used indexes as valid, and a revoked token as invalid', async () => {
    const [revoked, other] = [await issue(), await issue()]
    expect([await statusOf(revoked), await statusOf(other)]).toEqual([0, 0])
    expect((await post('/revoke', { token: revoked })).status).toBe(200)
    expect([await statusOf(revoked), await statusOf(other)]).toEqual([1, 0])
    const bytes = await readList(referenceOf(revoked))
    expect(bytes).toHaveLength(MEBI / 8)
    expect(bytes.reduce((sum, byte) => sum + (byte === 0 ? 0 : 1), 0)).toBe(1)
  })

  it('shows a token that an administrator revoked by its jti', async () => {
    const token = await issue()
    const body = JSON.stringify({ jti: decodeJwt(token).jti, reason: 'leaked' })
    const headers = { ...bearer(await adminToken()), 'content-type': 'application/json' }
    const answer = await send('/admin/v1/revocations', { method: 'POST', headers, body })
    expect(answer.status).toBe(200)
    expect(await statusOf(token)).toBe(1)
  })

  it('is kept by an isolate for its ttl at most', async () => {
    const isolate = runWith({})
    const token = await issue()
    const path = pathOf(referenceOf(token))
    const [first, second] = [await isolate.send(path), await isolate.send(path)]
    expect(await readText(second)).toBe(await readText(first))
    const [, seconds] =
      /^public, max-age=(\d+)$/.exec(second.headers.get('cache-control') ?? '') ?? []
    expect(Number(seconds)).toBeLessThanOrEqual(STATUS_LIST_TTL_SECONDS)
  })

  it('is 404 for any other name', async () => {
    for (const name of ['AAAA', 'x', 'AAAAA', '%2e%2e', 'a.b.']) {
      expect((await send(`/status/${name}`)).status).toBe(404)
    }
  })

  it('SL-12 is not served for an earlier time', async () => {
    const path = pathOf(referenceOf(await issue()))
    expect((await send(`${path}?time=1700000000`)).status).toBe(501)
  })

  it.each([
    [undefined, 200],
    ['*/*', 200],
    ['application/*;q=0.1', 200],
    ['text/html, Application/StatusList+JWT', 200],
    ['application/statuslist+cwt', 406],
    ['application/json', 406],
    ['application/statuslist+jwt;q=0', 406],
    ['*/*;q=0.000', 406],
    ['application/statuslist+jwt;q=0, */*', 406],
  ])('SL-10 Accept %s gives %i', async (accept, status) => {
    const path = pathOf(referenceOf(await issue()))
    const response = await send(path, accept === undefined ? {} : { headers: { accept } })
    expect(response.status).toBe(status)
  })

  it.each([
    ['GZIP;q=0.5', 'gzip'],
    ['gzip;q=0', null],
    ['br, gzip ; q=0.000, identity', null],
    ['identity', null],
    ['notgzip-2', null],
  ])('SL-11 Accept-Encoding %s gives %s', async (coding, given) => {
    const path = pathOf(referenceOf(await issue()))
    const response = await send(path, { headers: { 'accept-encoding': coding } })
    expect(response.headers.get('content-encoding')).toBe(given)
  })

  it('SL-11 has an ETag, CORS and a compressed form', async () => {
    const path = pathOf(referenceOf(await issue()))
    const response = await send(path, { headers: { 'accept-encoding': 'br, gzip' } })
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('vary')).toBe('accept, accept-encoding')
    const etag = response.headers.get('etag') ?? ''
    expect(etag).toMatch(/^W\/"[0-9a-f]{32}"$/)
    const again = await send(path, { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
    expect(again.headers.get('content-encoding')).toBeNull()
  })

  it('SL-23 is named by the aggregation endpoint, which the metadata names', async () => {
    const { uri } = referenceOf(await issue())
    const metadata = await readJson(await send('/.well-known/openid-configuration'))
    expect(metadata.status_list_aggregation_endpoint).toBe(`${GATEWAY}/status-lists`)
    const response = await send('/status-lists')
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await readJson(response)).toEqual({ status_lists: [uri] })
  })

  it('REV-02 is unavailable while a store is, and is then served again', async () => {
    const path = pathOf(referenceOf(await issue()))
    const down = { getByName: () => ({ statusOf: () => Promise.reject(new Error('down')) }) }
    const isolate = runWith({ REVOCATION_LOG: down as never })
    expect((await isolate.send(path)).status).toBe(503)
    expect((await runWith({}).send(path)).status).toBe(200)
  })

  it('needs the binding: without it no token is issued and nothing is published', async () => {
    const { STATUS_LISTS: _, ...bindings } = deployment()
    const isolate = runWith({ ...bindings, STATUS_LISTS: undefined } as never)
    expect((await isolate.exchange(await issuer.mint())).status).toBe(503)
    expect((await isolate.send('/status-lists')).status).toBe(404)
    expect((await isolate.send('/status/AAAA')).status).toBe(404)
    const metadata = await readJson(await isolate.send('/.well-known/openid-configuration'))
    expect(metadata).not.toHaveProperty('status_list_aggregation_endpoint')
  })
})

describe('a coarse revocation', () => {
  it('REV-03 of the rule shows all its tokens as invalid', async () => {
    await applyTrust(trustFor(issuer.url, { resources }))
    const tokens = [await issue(), await issue()]
    const at = Math.floor(Date.now() / 1000)
    const log = deployment().REVOCATION_LOG.getByName('revocations')
    await runInDurableObject(log, (_, { storage }) => {
      storage.sql.exec(
        `INSERT INTO revocations (grain, id, issued_before, expires_at, revoked_at, revoked_by)
         VALUES ('rule', 'deploy', ?, ?, ?, 'test'), ('subject', 'nobody', ?, ?, ?, 'test')`,
        ...[at + 1, at + 600, at],
        ...[at + 1, at + 600, at],
      )
    })
    expect(await Promise.all(tokens.map(statusOf))).toEqual([1, 1])
  })
})
