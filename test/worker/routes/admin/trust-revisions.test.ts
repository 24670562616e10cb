import { beforeAll, describe, expect, it } from 'vitest'
import { MAX_STORED_DOCUMENTS } from '../../../../src/core/limits.ts'
import {
  adminToken,
  applyTrust,
  bearer,
  deployment,
  readJson,
  send,
} from '../../support/gateway.ts'
import { newIssuer } from '../../support/issuer.ts'
import { putTrust, trustFor } from '../../support/trust.ts'

const issuer = newIssuer()
const TRUST = '/admin/v1/trust'
let token = ''

beforeAll(async () => {
  await applyTrust(trustFor(issuer.url))
  token = await adminToken()
})

const get = (path: string) => send(`${TRUST}${path}`, { headers: bearer(token) })
const emptied = (scope: string) =>
  trustFor(issuer.url, { resources: { 'https://api.test': { scopes: [scope] } }, rules: [] })

const put = (document: unknown, ifRevision: number, query = '') =>
  send(`${TRUST}${query}`, {
    method: 'PUT',
    headers: {
      'content-type': 'application/json',
      'if-match': `"${ifRevision}"`,
      ...bearer(token),
    },
    body: JSON.stringify(document),
  })

describe('GET /admin/v1/trust/revisions', () => {
  it('names author, token, message, time and digest of each revision, newest first', async () => {
    const message = 'rénover — acme/api#7'
    const response = await put(emptied('a'), 1, `?message=${encodeURIComponent(message)}`)
    const summary = await readJson(response)
    const { jti } = JSON.parse(atob(token.split('.')[1] ?? '')) as { jti: string }
    expect(summary).toEqual({
      revision: 2,
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      author: expect.stringContaining('admin:'),
      applied_at: expect.any(Number),
      token_id: jti,
      message,
    })
    const stored = new Uint8Array(await (await get('')).arrayBuffer())
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', stored))
    const hex = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    expect(summary.digest).toBe(`sha256:${hex}`)
    const { revisions, next } = await readJson(await get('/revisions'))
    expect(next).toBeUndefined()
    expect(revisions).toEqual([
      { ...summary, kept: true },
      // Written without a token, as by a Worker of release 0.2.0.
      {
        ...{ revision: 1, author: 'ada', digest: expect.any(String), kept: true },
        applied_at: expect.any(Number),
      },
    ])
  })

  it('pages without a gap', async () => {
    await put(emptied('b'), 2)
    const first = await readJson(await get('/revisions?limit=2'))
    expect(first).toMatchObject({ revisions: [{ revision: 3 }, { revision: 2 }], next: 2 })
    const second = await readJson(await get('/revisions?limit=2&before=2'))
    expect(second).toMatchObject({ revisions: [{ revision: 1 }] })
    expect(second).not.toHaveProperty('next')
  })

  it.each([
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['before=x', 'before'],
    ['limit=1&limit=2', 'limit'],
    ['after=1', 'after'],
  ])('refuses %s and names the parameter', async (query, name) => {
    const response = await get(`/revisions?${query}`)
    expect(response.status).toBe(400)
    expect(await readJson(response)).toMatchObject({
      problems: [{ code: expect.stringMatching(/^parameter_/), path: [name] }],
    })
  })
})

describe('the message of a revision', () => {
  it.each([
    ['a control character', '?message=a%1b%5b2J', /control|U\+001B/i],
    ['a line feed', '?message=a%0ab', /remove/],
    ['a bidirectional override', '?message=a%E2%80%AEb', /plain text/],
    ['too much text', `?message=${'x'.repeat(501)}`, /500/],
    ['no text', '?message=', /must not be empty/],
    ['two messages', '?message=a&message=b', /twice/],
  ])('ADM-13 is refused with %s, and nothing is stored', async (_, query, sentence) => {
    const before = (await get('')).headers.get('etag')
    const response = await put(emptied('never'), Number(before?.slice(1, -1)), query)
    expect(response.status).toBe(400)
    expect(await readJson(response)).toMatchObject({
      problems: [
        {
          code: expect.stringMatching(/^(?:message_invalid|parameter_repeated)$/),
          path: ['message'],
          message: expect.stringMatching(sentence),
        },
      ],
    })
    expect((await get('')).headers.get('etag')).toBe(before)
  })
})

describe('GET /admin/v1/trust?revision=N', () => {
  it('tells a revision that never was from one whose document is no longer stored', async () => {
    await applyTrust(trustFor(issuer.url))
    const store = deployment().TRUST_STORE.getByName('trust')
    for (let revision = 1; revision <= MAX_STORED_DOCUMENTS; revision += 1) {
      await putTrust(store, emptied(`scope:${revision}`), revision)
    }
    expect((await get('?revision=2')).status).toBe(200)
    const purged = await get('?revision=1')
    expect(purged.status).toBe(404)
    expect(await readJson(purged)).toMatchObject({
      detail:
        'the document of revision 1 is damaged or no longer stored: the gateway keeps the last 100 documents',
      problems: [{ code: 'revision_purged', path: ['revision'] }],
    })
    const list = await readJson(await get('/revisions?limit=1&before=2'))
    expect(list).toMatchObject({ revisions: [{ revision: 1, author: 'ada', kept: false }] })
    for (const unknown of ['999', '0', '-1', 'x', '1e1']) {
      const response = await get(`?revision=${unknown}`)
      expect(response.status, unknown).toBe(404)
      expect(await readJson(response), unknown).toMatchObject({
        problems: [{ code: 'revision_unknown', path: ['revision'] }],
      })
    }
  })
})

describe('POST /admin/v1/validate', () => {
  const validate = (body: string, type = 'application/json') =>
    send('/admin/v1/validate', {
      method: 'POST',
      headers: { 'content-type': type, ...bearer(token) },
      body,
    })

  it('compiles a document with the settings of the deployment and stores nothing', async () => {
    const before = (await get('')).headers.get('etag')
    const valid = await validate(JSON.stringify(emptied('unseen')))
    expect([valid.status, await readJson(valid)]).toEqual([200, { valid: true, problems: [] }])
    const rules = trustFor(issuer.url).rules.map((rule) => ({ ...rule, from: 'gitlab' }))
    const invalid = await validate(JSON.stringify(trustFor(issuer.url, { rules })))
    expect([invalid.status, await readJson(invalid)]).toEqual([
      200,
      {
        valid: false,
        problems: [expect.objectContaining({ code: 'issuer_unknown', path: ['rules', 0, 'from'] })],
      },
    ])
    expect((await get('')).headers.get('etag')).toBe(before)
  })

  it('refuses what is no JSON with a problem, and another content type', async () => {
    expect(await readJson(await validate('{"version":'))).toMatchObject({
      valid: false,
      problems: [{ code: 'not_json', path: [] }],
    })
    expect((await validate('version: 1', 'application/yaml')).status).toBe(415)
  })
})
