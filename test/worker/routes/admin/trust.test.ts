import { beforeAll, describe, expect, it } from 'vitest'
import {
  accessToken,
  adminToken,
  applyTrust,
  bearer,
  GATEWAY,
  post,
  readJson,
  send,
} from '../../support/gateway.ts'
import { newIssuer } from '../../support/issuer.ts'
import { API, trustFor } from '../../support/trust.ts'

const issuer = newIssuer()

beforeAll(() => applyTrust(trustFor(issuer.url)))

async function get(token: string): Promise<{ etag: string; document: Record<string, unknown> }> {
  const response = await send('/admin/v1/trust', { headers: bearer(token) })
  expect(response.status).toBe(200)
  return { etag: response.headers.get('etag') ?? '', document: await readJson(response) }
}

async function put(
  token: string,
  document: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  return send('/admin/v1/trust', {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...bearer(token), ...headers },
    body: typeof document === 'string' ? document : JSON.stringify(document),
  })
}

it.each(['/token', '/introspect', '/revoke', '/admin/v1/trust'])(
  'AD-01 has problem details in the admin API alone: %s',
  async (path) => {
    const isAdmin = path.startsWith('/admin/')
    const refused = isAdmin ? await send(path) : await post(path, {})
    for (const response of [refused, await send(path, { method: 'DELETE' })]) {
      expect(response.headers.get('content-type')).toBe(
        isAdmin ? 'application/problem+json' : 'application/json',
      )
      const body = await readJson(response)
      for (const member of ['type', 'title', 'status']) expect(member in body).toBe(isAdmin)
      expect(typeof body.error).toBe(isAdmin ? 'undefined' : 'string')
    }
  },
)

describe('GET and PUT /admin/v1/trust', () => {
  it('AD-07 returns the document with its revision as ETag, and accepts the next one with it', async () => {
    const token = await adminToken()
    const { etag, document } = await get(token)
    expect(document).toEqual(trustFor(issuer.url))
    const next = { ...trustFor(issuer.url), rules: [] }
    const response = await put(token, next, { 'if-match': etag })
    expect(response.status).toBe(200)
    const revision = Number(etag.slice(1, -1)) + 1
    expect(response.headers.get('etag')).toBe(`"${revision}"`)
    expect(await readJson(response)).toMatchObject({
      revision,
      author: expect.stringContaining('admin:'),
      digest: expect.stringMatching(/^sha256:/),
    })
    expect((await get(token)).document).toEqual(next)
  })

  it.each(['"0", TAG', 'TAG , "0"', 'W/"999", "x",TAG'])(
    'AD-07 accepts a list with the ETag in force: %s',
    async (list) => {
      const token = await adminToken()
      const { etag, document } = await get(token)
      const ifMatch = list.replace('TAG', etag)
      const response = await put(token, document, { 'if-match': ifMatch })
      expect([response.status, response.headers.get('etag')]).toEqual([200, etag])
    },
  )

  it('ADM-06 AD-07 returns 428 without If-Match and 412 for another revision, and stores nothing', async () => {
    const token = await adminToken()
    const before = await get(token)
    const missing = await put(token, trustFor(issuer.url), {})
    expect(missing.status).toBe(428)
    expect(missing.headers.get('content-type')).toBe('application/problem+json')
    // An entity tag is compared as it is spelled (RFC 9110 §8.8.3.2).
    const respelled = before.etag.replace('"', '"0')
    const weak = `W/${before.etag}`
    for (const tag of [respelled, '"999"', weak, `"0", ${weak}`, '"0", "999"', '"x"']) {
      const stale = await put(token, trustFor(issuer.url), { 'if-match': tag })
      expect(stale.status).toBe(412)
      expect(await readJson(stale)).toMatchObject({
        problems: [
          {
            code: 'revision_stale',
            path: ['If-Match'],
            message: expect.stringMatching(/: run plan again$/),
          },
        ],
      })
    }
    expect(await get(token)).toEqual(before)
  })

  it.each(['1', '"1', 'x"1"', '"1" "2"'])(
    'AD-07 returns 400 for the If-Match %s, which is no entity tag',
    async (tag) => {
      const response = await put(await adminToken(), trustFor(issuer.url), { 'if-match': tag })
      expect(response.status).toBe(400)
      expect(await readJson(response)).toMatchObject({
        type: 'urn:edgemint:problem:header-invalid',
        problems: [{ code: 'if_match_invalid', path: ['If-Match'] }],
      })
    },
  )

  it('ADM-06 returns 400 for the If-Match *, which would replace any revision', async () => {
    const token = await adminToken()
    const before = await get(token)
    const response = await put(token, { ...trustFor(issuer.url), rules: [] }, { 'if-match': '*' })
    expect(response.status).toBe(400)
    expect(await readJson(response)).toMatchObject({
      type: 'urn:edgemint:problem:header-invalid',
      problems: [
        {
          code: 'if_match_invalid',
          path: ['If-Match'],
          message:
            'must name a revision, and * matches every one: send the ETag of GET, with its quotes',
        },
      ],
    })
    expect(await get(token)).toEqual(before)
  })

  it('EXC-15 returns 400 for an incomplete body and stores nothing', async () => {
    const token = await adminToken()
    const before = await get(token)
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"version":1,'))
        controller.error(new Error('cut off'))
      },
    })
    const response = await send('/admin/v1/trust', {
      method: 'PUT',
      headers: {
        'content-type': 'application/json',
        'if-match': before.etag,
        ...bearer(token),
      },
      body,
    })
    expect(response.status).toBe(400)
    expect(await get(token)).toEqual(before)
  })

  it('AD-03 returns 400 with the path of every problem for a document that does not compile', async () => {
    const token = await adminToken()
    const { etag } = await get(token)
    const base = trustFor(issuer.url)
    const rules = base.rules.map((rule) => ({ ...rule, from: 'gitlab', expires: '2020-01-01' }))
    const response = await put(token, { ...base, rules }, { 'if-match': etag })
    expect(response.status).toBe(400)
    expect(await readJson(response)).toMatchObject({
      type: 'urn:edgemint:problem:document-refused',
      status: 400,
      problems: expect.arrayContaining([
        expect.objectContaining({ path: ['rules', 0, 'from'] }),
        expect.objectContaining({ path: ['rules', 0, 'expires'] }),
      ]),
    })
    expect((await get(token)).etag).toBe(etag)
  })

  it('returns 415 for another content type than JSON', async () => {
    const token = await adminToken()
    const response = await put(token, 'version: 1', {
      'if-match': '"1"',
      'content-type': 'application/yaml',
    })
    expect(response.status).toBe(415)
  })

  it('returns 415 for a compressed body', async () => {
    const headers = { 'if-match': '"1"', 'content-encoding': 'gzip' }
    const response = await put(await adminToken(), 'version: 1', headers)
    expect(response.status).toBe(415)
    expect(await readJson(response)).toMatchObject({
      detail: 'nothing was done: the header Content-Encoding must be absent',
      problems: [{ code: 'content_encoding_unsupported', path: ['Content-Encoding'] }],
    })
  })

  it('ADM-02 AD-05 REV-01 returns 401 without a valid admin token', async () => {
    const revoked = await adminToken()
    await post('/revoke', { token: revoked })
    const api = await accessToken(await issuer.mint(), { resource: API }).catch(() => 'none')
    const callers = [
      {},
      bearer('garbage'),
      bearer(revoked),
      bearer(api),
      bearer(await issuer.mint()),
    ]
    for (const headers of callers) {
      const response = await send('/admin/v1/trust', { headers })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
    }
  })

  it('ADM-09 AD-05 returns 403 for an admin token without the scope', async () => {
    const token = await adminToken('staging')
    const { etag } = await get(token)
    const response = await put(token, trustFor(issuer.url), { 'if-match': etag })
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toContain('insufficient_scope')
  })

  it('ADM the trust document cannot grant admin scopes', async () => {
    const token = await adminToken()
    const { etag } = await get(token)
    const base = trustFor(issuer.url)
    const resources = { ...base.resources, [GATEWAY]: { scopes: ['trust:write'] } }
    const response = await put(token, { ...base, resources }, { 'if-match': etag })
    expect(response.status).toBe(400)
    expect((await get(token)).etag).toBe(etag)
  })

  it('returns 405 for other methods, without CORS headers', async () => {
    for (const method of ['POST', 'DELETE', 'OPTIONS']) {
      const response = await send('/admin/v1/trust', { method })
      expect(response.status).toBe(405)
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
    }
  })
})
