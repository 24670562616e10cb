/**
 * Every route with a JSON body refuses a body with two members of one name, generated from the table
 * of endpoints. `JSON.parse` would keep the last, and whoever checked the body may have read the other.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { PROBLEMS } from '../../../../src/contract/problems/problems.ts'
import { PATHS } from '../../../../src/protocol/paths.ts'
import { ENDPOINTS } from '../../../../src/worker/endpoints.ts'
import { adminToken, applyTrust, bearer, readJson, send } from '../../support/gateway.ts'
import { newIssuer } from '../../support/issuer.ts'
import { trustFor } from '../../support/trust.ts'

/** Their body is a trust document. */
const DOCUMENTS: readonly string[] = [
  PATHS.adminTrust,
  PATHS.adminValidate,
  PATHS.adminTrustHistory,
]
const ROUTES = ENDPOINTS.filter(
  ({ request }) => request?.contentType === 'application/json',
).flatMap(({ path, methods }) =>
  methods === 'any' ? [] : methods.map((method) => [method, path] as const),
)
const isDocument = (method: string, path: string) =>
  DOCUMENTS.includes(path) && (method === 'PUT' || path === PATHS.adminValidate)
const OTHERS = ROUTES.filter(([method, path]) => !isDocument(method, path))

const issuer = newIssuer()
let token = ''

beforeAll(async () => {
  await applyTrust(trustFor(issuer.url))
  token = await adminToken()
})

function ask(method: string, path: string, body: string): Promise<Response> {
  const headers = { ...bearer(token), 'content-type': 'application/json', 'if-match': '"1"' }
  return send(path, { method, headers, body })
}

describe('a JSON body with two members of one name', () => {
  it('is that of a document or of one of these routes', () => {
    expect(OTHERS.map((route) => route.join(' '))).toEqual([
      'POST /admin/v1/trust/history',
      'POST /admin/v1/explain',
      'POST /admin/v1/revocations',
      'POST /admin/v1/revocations/lift',
      'POST /admin/v1/revocations/import',
    ])
  })

  it.each(OTHERS)('%s %s refuses it and names the member', async (method, path) => {
    const long = 'n'.repeat(1000)
    const bodies: readonly (readonly [string, readonly (string | number)[]])[] = [
      ['{"rule":"secret-1","rule":"secret-2","reason":"x"}', ['rule']],
      [String.raw`{"rule":"secret-1","r\u0075le":"secret-2","reason":"x"}`, ['rule']],
      ['{"rows":[{"id":"secret-1"},{"id":"secret-2","id":"x"}]}', ['rows', 1, 'id']],
      [`{"${long}":"secret-1","${long}":"secret-2"}`, [long.slice(0, 64)]],
    ]
    for (const [body, at] of bodies) {
      const response = await ask(method, path, body)
      const message = `has the member "${at.at(-1)}" twice`
      expect(response.status).toBe(400)
      const answer = await readJson(response)
      expect(answer).toMatchObject({
        type: PROBLEMS.bodyInvalid.type,
        detail: `nothing was done: the body ${message}`,
        problems: [{ code: 'key_repeated', path: at, message }],
      })
      expect(JSON.stringify(answer)).not.toContain('secret')
    }
  })

  it('is refused as a trust document, with the path of the member', async () => {
    const text = JSON.stringify(trustFor(issuer.url))
    const name = '"owner":'
    expect(text).toContain(name)
    const body = text.replace(name, `${name}"other@acme.test",${name}`)
    const problems = [
      { code: 'key_repeated', path: ['rules', 0, 'owner'], message: 'duplicate key' },
    ]
    const put = await ask('PUT', PATHS.adminTrust, body)
    expect(put.status).toBe(400)
    expect(await readJson(put)).toMatchObject({ type: PROBLEMS.documentRefused.type, problems })
    const report = await readJson(await ask('POST', PATHS.adminValidate, body))
    expect(report).toEqual({ valid: false, problems })
  })
})
