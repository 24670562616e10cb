/**
 * Every route with a JSON body refuses a body with two members of one name, generated from the table
 * of endpoints. `JSON.parse` would keep the last, and whoever checked the body may have read the other.
 * A refused member gets a message that says what it must be.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { PROBLEMS } from '../../../../src/contract/problems/problems.ts'
import { PATHS } from '../../../../src/protocol/paths.ts'
import { ENDPOINTS } from '../../../../src/worker/endpoints.ts'
import { REVOCATION_COPY_ROWS } from '../../../../src/worker/limits.ts'
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

describe('a body with a wrong member', () => {
  const long = 'x'.repeat(3000)
  const row = {
    grain: 'rule',
    id: 'deploy',
    issued_before: 1_800_000_000,
    stops_issuing: 0,
    expires_at: 1_900_000_000,
    revoked_at: 1_800_000_000,
    revoked_by: 'admin',
    reason: 'leaked',
    lifted_at: null,
    lifted_by: null,
    lift_reason: null,
  }
  const rowWith = (change: object) => ({ v: 1, rows: [{ ...row, ...change }] })
  const history = {
    v: 1,
    issuer: 'https://former.example',
    exported_at: 1_800_000_000,
    revisions: [],
    issuer_keys: [],
  }
  const revision = { digest: `sha256:${'0'.repeat(64)}`, author: 'me', applied_at: 1, kept: true }
  const revisions = (...numbers: readonly number[]) =>
    numbers.map((one) => ({ ...revision, revision: one }))
  const { adminRevocations, adminRevocationsLift, adminRevocationsImport } = PATHS

  const rows: readonly (readonly [string, string, object, readonly (string | number)[], string])[] =
    [
      [
        'a long reason',
        adminRevocations,
        { rule: 'deploy', reason: long },
        ['reason'],
        'must have at most 256 characters',
      ],
      ['an empty rule', adminRevocations, { rule: '', reason: 'x' }, ['rule'], 'must not be empty'],
      [
        'a long rule',
        adminRevocationsLift,
        { rule: long, reason: 'x' },
        ['rule'],
        'must have at most 2048 characters',
      ],
      ['another version', adminRevocationsImport, { v: 2, rows: [] }, ['v'], 'must be 1'],
      [
        'too many rows',
        adminRevocationsImport,
        { v: 1, rows: Array.from({ length: REVOCATION_COPY_ROWS + 1 }, () => 0) },
        ['rows'],
        `must have at most ${REVOCATION_COPY_ROWS} items`,
      ],
      [
        'a long id',
        adminRevocationsImport,
        rowWith({ id: long }),
        ['rows', 0, 'id'],
        'must have at most 2048 characters',
      ],
      [
        'an escape in an id',
        adminRevocationsImport,
        rowWith({ id: 'a\u001b[2J' }),
        ['rows', 0, 'id'],
        'has the control character U+001B: remove it',
      ],
      [
        'a line end in a reason',
        adminRevocationsImport,
        rowWith({ reason: 'a\nb' }),
        ['rows', 0, 'reason'],
        'has the control character U+000A: remove it',
      ],
      [
        'a lone surrogate in an author',
        adminRevocationsImport,
        rowWith({ revoked_by: '\ud800' }),
        ['rows', 0, 'revoked_by'],
        'has the control character U+D800: remove it',
      ],
      [
        'many tokens and no moment',
        adminRevocationsImport,
        rowWith({ issued_before: null }),
        ['rows', 0],
        'is no revocation that this grain can have',
      ],
      [
        'everything under another id',
        adminRevocationsImport,
        rowWith({ grain: 'all', id: 'deploy' }),
        ['rows', 0],
        'is no revocation that this grain can have',
      ],
      ['no revision', PATHS.adminTrustHistory, history, ['revisions'], 'must not be empty'],
      [
        'a revision that is left out',
        PATHS.adminTrustHistory,
        { ...history, revisions: revisions(1, 3) },
        ['revisions'],
        'must have every revision from 1 to the newest, in this order',
      ],
    ]
  it.each(rows)(
    'is refused with %s, and the message says why',
    async (_, path, body, at, message) => {
      const response = await ask('POST', path, JSON.stringify(body))
      expect(response.status).toBe(400)
      const { type, problems } = await readJson(response)
      expect(type).toBe(PROBLEMS.bodyInvalid.type)
      expect(problems).toContainEqual({ code: 'value_invalid', path: at, message })
    },
  )
})
