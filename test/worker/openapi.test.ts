/** Real answers of every operation have the form that the OpenAPI document says. */
import { beforeAll, describe, expect, it } from 'vitest'
import { PATHS } from '../../src/protocol/paths.ts'
import { ENDPOINTS } from '../../src/worker/endpoints.ts'
import { consoleCases } from './support/console.ts'
import { decisionCases } from './support/decision-cases.ts'
import { expectDescribed, OPERATIONS } from './support/described.ts'
import {
  accessToken,
  adminToken,
  applyTrust,
  bearer,
  exchangeForm,
  GATEWAY,
  newStatusList,
  readJson,
  runWith,
  send,
} from './support/gateway.ts'
import { newIssuer } from './support/issuer.ts'
import { API, trustFor } from './support/trust.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const JSON_TYPE = { 'content-type': 'application/json' }
const issuer = newIssuer()

type Sent = {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly query?: string
  /** The path, for one with a `{name}`. */
  readonly at?: string
}
/** Good and bad requests by operation, each with the status of its answer. */
type Cases = Readonly<Record<string, readonly (readonly [status: number, request: Sent])[]>>

let cases: Cases

const form = (values: Readonly<Record<string, string>>): Sent => ({
  headers: FORM,
  body: new URLSearchParams(values).toString(),
})

beforeAll(async () => {
  const trust = trustFor(issuer.url)
  const described = { scopes: ['a'], protected_resource_metadata: true }
  const resources = {
    ...trust.resources,
    [`${GATEWAY}/below`]: described,
  }
  const document = { ...trust, resources }
  await applyTrust(document)
  const owner = bearer(await adminToken())
  const token = await accessToken(await issuer.mint())
  const spent = await accessToken(await issuer.mint())
  const denied = await readJson(
    await send('/token', { method: 'POST', ...form({ grant_type: 'x' }) }),
  )
  // The id of a decision that was never made.
  const unknown = `${String(denied.decision_id).slice(0, -8)}AAAAAAAA`
  const json = (body: unknown, headers = {}): Sent => ({
    headers: { ...owner, ...JSON_TYPE, ...headers },
    body: JSON.stringify(body),
  })
  const narrow = await accessToken(await issuer.mint(), { scope: 'deploy:read' })
  // At `/verify` the proxy asks in the query, and below it in headers.
  const verifying = (isBelow: boolean): Cases[string] => {
    const ask = (resource: string, scope: string, headers: Sent['headers'] = {}): Sent =>
      isBelow
        ? {
            at: `${PATHS.verify}/some/path`,
            headers: {
              ...headers,
              'x-edgemint-require-resource': resource,
              'x-edgemint-require-scope': scope,
            },
          }
        : { query: `?${new URLSearchParams({ resource, scope })}`, headers }
    return [
      [200, ask(API, 'deploy:read', bearer(token))],
      [401, ask(API, 'deploy:read')],
      [403, ask(API, 'deploy:write', bearer(narrow))],
      [500, ask('https://x.test', 'a', bearer(token))],
      [400, { ...(isBelow ? { at: `${PATHS.verify}/x` } : {}), headers: bearer(token) }],
    ]
  }
  const plain: Cases[string] = [[200, {}]]
  const list = await newStatusList()
  const tagged = async (path: string): Promise<Cases[string]> => {
    const tag = (await send(path)).headers.get('etag') ?? ''
    return [...plain, [304, { headers: { 'if-none-match': tag } }]]
  }
  cases = {
    [`POST ${PATHS.token}`]: [
      [200, form(exchangeForm(await issuer.mint()))],
      [400, form(exchangeForm(await issuer.mint({ claims: { ref: 'refs/heads/other' } })))],
      [
        401,
        form({
          grant_type: 'client_credentials',
          client_assertion: 'x',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          resource: API,
        }),
      ],
      [413, { headers: FORM, body: 'x'.repeat(40_000) }],
      [415, { headers: JSON_TYPE, body: '{}' }],
    ],
    [`POST ${PATHS.introspect}`]: [
      [200, form({ token })],
      [200, form({ token: 'x' })],
      [400, form({})],
      [401, { ...form({ token }), headers: { ...FORM, ...bearer('x') } }],
      [415, { headers: JSON_TYPE, body: '{}' }],
    ],
    [`POST ${PATHS.revoke}`]: [
      [200, form({ token: spent })],
      [400, form({})],
    ],
    [PATHS.verify]: verifying(false),
    [`${PATHS.verify}/{path}`]: verifying(true),
    [`GET ${PATHS.authorize}`]: [[400, {}]],
    [`POST ${PATHS.authorize}`]: [[400, {}]],
    'GET /.well-known/openid-configuration': await tagged('/.well-known/openid-configuration'),
    'GET /.well-known/oauth-authorization-server': plain,
    'GET /.well-known/oauth-protected-resource': [[404, {}]],
    'GET /.well-known/oauth-protected-resource/{path}': [
      [200, { at: '/.well-known/oauth-protected-resource/below' }],
      [404, { at: '/.well-known/oauth-protected-resource/other' }],
    ],
    [`GET ${PATHS.jwks}`]: await tagged(PATHS.jwks),
    [`GET ${PATHS.wellKnownJwks}`]: plain,
    [`GET ${PATHS.spiffeBundle}`]: plain,
    [`GET ${PATHS.statusList}`]: [
      ...(await tagged(`/status/${list}`)).map(([status, sent]): Cases[string][number] => [
        status,
        { ...sent, at: `/status/${list}` },
      ]),
      [404, { at: '/status/AAAA' }],
      [406, { at: `/status/${list}`, headers: { accept: 'application/statuslist+cwt' } }],
      [501, { at: `/status/${list}`, query: '?time=1' }],
    ],
    [`GET ${PATHS.statusLists}`]: plain,
    [`GET ${PATHS.trustSchema}`]: plain,
    [`GET ${PATHS.openApi}`]: await tagged(PATHS.openApi),
    [`GET ${PATHS.health}`]: plain,
    ...consoleCases(owner),
    [`GET ${PATHS.adminTrust}`]: [
      [200, { headers: owner }],
      [200, { headers: owner, query: '?revision=1' }],
      [404, { headers: owner, query: '?revision=9' }],
      [400, { headers: owner, query: '?revision=1&revision=1' }],
    ],
    [`PUT ${PATHS.adminTrust}`]: [
      [200, json(document, { 'if-match': '"1"' })],
      [400, json({ ...document, rules: [{}] }, { 'if-match': '"1"' })],
      [400, json(document, { 'if-match': '1' })],
      [400, { ...json(document, { 'if-match': '"1"' }), query: '?message=a%0ab' }],
      [412, json(document, { 'if-match': '"7"' })],
      [415, { ...json(document), headers: { ...owner, 'if-match': '"1"' } }],
      [428, json(document)],
    ],
    [`GET ${PATHS.adminTrustProblems}`]: [[200, { headers: owner }]],
    [`GET ${PATHS.adminTrustRevisions}`]: [
      [200, { headers: owner }],
      [200, { headers: owner, query: '?limit=1&before=2' }],
      [400, { headers: owner, query: '?limit=0' }],
      [400, { headers: owner, query: '?after=1' }],
    ],
    [`PUT ${PATHS.adminTrustHistory}`]: [[409, { ...json(document), query: '?revision=1' }]],
    [`POST ${PATHS.adminTrustHistory}`]: [[400, json({ v: 1 })]],
    [`POST ${PATHS.adminValidate}`]: [
      [200, json(document)],
      [200, json({ ...document, rules: [{}] })],
      [415, { headers: owner, body: '{}' }],
    ],
    [`GET ${PATHS.adminIssuers}`]: [[200, { headers: owner }]],
    [`GET ${PATHS.adminIssuerKeys}`]: [
      [200, { headers: owner, query: '?after=https://a.example' }],
      [400, { headers: owner, query: '?after=a' }],
    ],
    [`GET ${PATHS.adminPosture}`]: [
      [200, { headers: owner }],
      [400, { headers: owner, query: '?unused_days=400' }],
    ],
    [`GET ${PATHS.adminMetrics}`]: [
      [200, { headers: owner }],
      [200, { headers: { ...owner, accept: 'application/openmetrics-text; version=1.0.0' } }],
    ],
    [`GET ${PATHS.adminKeys}`]: [[200, { headers: owner }]],
    [`GET ${PATHS.adminHealth}`]: [[200, { headers: owner }]],
    [`POST ${PATHS.adminExplain}`]: [
      [200, json({ issuer: 'github', claims: { ref: 'refs/heads/main' } })],
      [200, json({ issuer: 'nobody', claims: {} })],
      [200, json({ issuer: 'admin', claims: {}, resource: GATEWAY })],
      [400, json({ issuer: 7, claims: {}, colour: 'red' })],
      [413, json({ issuer: 'github', claims: { x: 'x'.repeat(40_000) } })],
      [415, { headers: owner, body: '{}' }],
    ],
    [`POST ${PATHS.adminRevocations}`]: [
      [200, json({ token })],
      [400, json({ token: 'x' })],
      [400, json({ jti: 7 })],
      [413, json({ token: 'x'.repeat(40_000) })],
      [200, json({ rule: 'deploy', dry_run: true })],
      [400, json({ rule: 'deploy' })],
      [404, json({ rule: 'none', reason: 'x' })],
      [200, json({ subject: 'nobody', reason: 'x' })],
      [415, { headers: owner, body: '{}' }],
    ],
    [`GET ${PATHS.adminRevocations}`]: [[200, { headers: owner }]],
    [`POST ${PATHS.adminRevocationsLift}`]: [
      [200, json({ subject: 'nobody', reason: 'x' })],
      [400, json({ subject: 'nobody' })],
      [404, json({ subject: 'somebody', reason: 'x' })],
      [413, json({ subject: 'x'.repeat(40_000) })],
      [415, { headers: owner, body: '{}' }],
    ],
    [`GET ${PATHS.adminRevocationsExport}`]: [
      [200, { headers: owner, query: '?after=0' }],
      [400, { headers: owner, query: '?after=x' }],
    ],
    [`POST ${PATHS.adminRevocationsImport}`]: [
      [200, json({ v: 1, rows: [] })],
      [400, json({ v: 2, rows: [] })],
      [415, { headers: owner, body: '{}' }],
    ],
    ...decisionCases(owner, unknown),
  }
})

function casesOf({ path, method }: { readonly path: string; readonly method: string }) {
  return cases[`${method} ${path}`] ?? cases[path] ?? []
}

describe('the OpenAPI document', () => {
  it('has an operation for each method of each endpoint', () => {
    const described = new Set(OPERATIONS.map(({ path, method }) => `${method} ${path}`))
    for (const { path, methods } of ENDPOINTS) {
      for (const method of methods === 'any' ? ['GET', 'POST', 'DELETE'] : methods) {
        expect(described).toContain(`${method} ${path}`)
      }
    }
    const ids = OPERATIONS.map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)])
  })

  it.each(OPERATIONS.map((one) => [one.id, one] as const))(
    '%s answers as it is described',
    async (_, operation) => {
      const { path, method } = operation
      const tried = casesOf(operation)
      expect(tried.length).toBeGreaterThan(0)
      for (const [status, { headers, body, query = '', at = path }] of tried) {
        const hasBody = body !== undefined && method !== 'GET' && method !== 'HEAD'
        const response = await send(`${at}${query}`, {
          method,
          headers: headers ?? {},
          ...(hasBody ? { body } : {}),
        })
        expect([response.status, await response.clone().text()]).toEqual([
          status,
          expect.anything(),
        ])
        await expectDescribed(path, method, response)
      }
    },
  )

  it.each(
    OPERATIONS.filter(({ path }) => path !== PATHS.health).map((one) => [one.id, one] as const),
  )('%s answers without valid settings as it is described', async (_, { path, method }) => {
    const { send: sendTo } = runWith({ LOCAL_ISSUERS: 'maybe' })
    const response = await sendTo(path.replace('{path}', 'x'), { method })
    await expectDescribed(path, method, response)
  })

  it('is the document of the package with the issuer URL of this gateway', async () => {
    const document = await readJson(await send(PATHS.openApi))
    expect(document).toMatchObject({ openapi: '3.1.0', servers: [{ url: GATEWAY }] })
    const text = JSON.stringify(document)
    const names = [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)]
    expect(names.length).toBeGreaterThan(100)
    const components = document.components as Record<string, Record<string, unknown>>
    const missing = names.filter(
      ([, kind = '', name = '']) => components[kind]?.[name] === undefined,
    )
    expect(missing).toEqual([])
    expect(text).not.toContain('$defs')
    // Tools in other languages cannot read Unicode properties.
    expect(text).not.toContain('\\p{')
  })
})
