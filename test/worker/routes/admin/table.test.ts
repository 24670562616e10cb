/**
 * Every route of the admin API with every kind of caller, generated from the table of endpoints: the
 * status and the type of the problem.
 */
import { generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { ADMIN_ROLES, ADMIN_SCOPES, type AdminScope } from '../../../../src/contract/admin.ts'
import { PROBLEMS } from '../../../../src/contract/problems/problems.ts'
import { ADMIN_PREFIX, PATHS } from '../../../../src/protocol/paths.ts'
import type { AdminEndpoint, Endpoint } from '../../../../src/worker/endpoint.ts'
import { ENDPOINTS } from '../../../../src/worker/endpoints.ts'
import {
  DecisionLog,
  ReplayLedger,
  RevocationLog,
  TrustStore,
} from '../../../../src/worker/index.ts'
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
import { trustFor } from '../../support/trust.ts'

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS']
const BELOW_ADMIN = ENDPOINTS.filter(({ path }) => path.startsWith(ADMIN_PREFIX))
const ADMIN = BELOW_ADMIN.filter(isGuarded)
const ROUTES = ADMIN.map((row) => [`${String(row.methods)} ${row.path}`, row] as const)
const PATHS_OF_ADMIN = [...new Set(ADMIN.map(({ path }) => path))]
const HOUR = 3_600_000

/** The scope that each route needs. The tests below expect what the table says. */
const SCOPES: Readonly<Record<string, AdminScope>> = {
  'GET /admin/v1/trust': 'trust:read',
  'PUT /admin/v1/trust': 'trust:write',
  'GET /admin/v1/trust/problems': 'trust:read',
  'GET /admin/v1/trust/revisions': 'trust:read',
  'PUT /admin/v1/trust/history': 'trust:write',
  'POST /admin/v1/trust/history': 'trust:write',
  'POST /admin/v1/validate': 'trust:plan',
  'GET /admin/v1/issuers': 'trust:read',
  'GET /admin/v1/issuers/keys': 'trust:read',
  'GET /admin/v1/posture': 'trust:read',
  'GET /admin/v1/keys': 'trust:read',
  'GET /admin/v1/health': 'trust:read',
  'POST /admin/v1/explain': 'trust:read',
  'POST /admin/v1/revocations': 'revocations:write',
  'GET /admin/v1/revocations': 'trust:read',
  'POST /admin/v1/revocations/lift': 'revocations:write',
  'GET /admin/v1/revocations/export': 'revocations:write',
  'POST /admin/v1/revocations/import': 'revocations:write',
  'GET /admin/v1/decisions': 'decisions:read',
  'GET /admin/v1/decisions/activity': 'decisions:read',
  'GET /admin/v1/decisions/export': 'decisions:read',
  'GET /admin/v1/decisions/{id}': 'decisions:read',
  'GET /admin/v1/metrics': 'metrics:read',
}

/** What docs/admin-api.md promises of each role. */
const ROLES: Readonly<Record<keyof typeof ADMIN_ROLES, readonly AdminScope[]>> = {
  viewer: ['trust:read', 'decisions:read', 'metrics:read'],
  editor: ['trust:read', 'decisions:read', 'metrics:read', 'trust:plan'],
  approver: ['trust:read', 'decisions:read', 'metrics:read', 'trust:plan', 'trust:write'],
  owner: [...ADMIN_SCOPES],
}
const ROLE_NAMES = Object.keys(ROLES) as (keyof typeof ROLES)[]
/** The environments of test/support/admin-policy.ts. */
const environmentOf = (role: string) => (role === 'owner' ? 'production' : role)

const issuer = newIssuer()
type Headers = Readonly<Record<string, string>>
type Caller = readonly [name: string, headers: Headers, type: string]
let strangers: readonly Caller[] = []
const roleTokens = new Map<string, string>()
const scopeTokens = new Map<string, string>()

function isGuarded(endpoint: Endpoint): endpoint is AdminEndpoint {
  return 'parameters' in endpoint
}

/** A token as this gateway would issue it, signed with a key that it does not have. */
async function forgeToken(): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256')
  const claims = { client_id: 'administer', scope: ADMIN_SCOPES.join(' '), jti: 'x' }
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid: 'other', typ: 'at+jwt' })
    .setIssuer(GATEWAY)
    .setAudience(GATEWAY)
    .setSubject('me')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(privateKey)
}

beforeAll(async () => {
  await applyTrust(trustFor(issuer.url))
  for (const role of ROLE_NAMES) roleTokens.set(role, await adminToken(environmentOf(role)))
  for (const scope of ADMIN_SCOPES) scopeTokens.set(scope, await adminToken('production', scope))
  const revoked = await adminToken()
  expect((await post('/revoke', { token: revoked })).status).toBe(200)
  const valid = await adminToken()
  const { tokenMissing, tokenInvalid } = PROBLEMS
  strangers = [
    ['no token', {}, tokenMissing.type],
    ['a cookie', { cookie: `token=${valid}` }, tokenMissing.type],
    ['Basic', { authorization: `Basic ${btoa(`x:${valid}`)}` }, tokenMissing.type],
    ['another scheme', { authorization: `Token ${valid}` }, tokenMissing.type],
    ['text that is no token', bearer('garbage'), tokenInvalid.type],
    ['a token without its signature', bearer(valid.replace(/[^.]*$/, '')), tokenInvalid.type],
    ['a token of a platform', bearer(await issuer.mint()), tokenInvalid.type],
    ['a forged token', bearer(await forgeToken()), tokenInvalid.type],
    [
      'a token for another audience',
      bearer(await accessToken(await issuer.mint())),
      tokenInvalid.type,
    ],
    ['a revoked token', bearer(revoked), tokenInvalid.type],
  ]
})

/** The methods that the row serves. */
const served = ({ methods }: AdminEndpoint) =>
  methods === 'any' ? [] : methods.flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one]))

/** Expects the problem, whose body an answer to HEAD does not have. */
async function expectProblem(
  response: Response,
  method: string,
  { status, type }: { readonly status: number; readonly type: string },
  name: string,
): Promise<void> {
  expect([response.status, name]).toEqual([status, name])
  if (method !== 'HEAD') expect(await readJson(response), name).toMatchObject({ type, status })
}

async function expectForScopes(
  row: AdminEndpoint,
  token: string | undefined,
  scopes: readonly string[],
  name: string,
): Promise<void> {
  const { path, authentication } = row
  // Who may write may plan.
  const accepted =
    authentication === 'trust:plan' ? [authentication, 'trust:write'] : [authentication]
  const mayUse = accepted.some((scope) => scopes.includes(scope))
  for (const method of served(row)) {
    const response = await send(path, { method, headers: bearer(token ?? '') })
    if (mayUse) {
      expect([401, 403, 500], `${name} ${method}`).not.toContain(response.status)
      continue
    }
    await expectProblem(response, method, PROBLEMS.scopeMissing, name)
    const challenge = `Bearer error="insufficient_scope", scope="${authentication}"`
    expect(response.headers.get('www-authenticate')).toBe(challenge)
  }
}

describe('the admin API', () => {
  it('ADM-02 has an admin scope in every row except its description and the facts of the login', () => {
    const paths = [...new Set(BELOW_ADMIN.map(({ path }) => path))]
    expect(paths.toSorted()).toEqual(
      Object.values(PATHS)
        .filter((path) => path.startsWith('/admin'))
        .toSorted(),
    )
    const scopes: readonly string[] = ADMIN_SCOPES
    expect(
      BELOW_ADMIN.filter(({ authentication }) => !scopes.includes(authentication)).map(
        ({ path }) => path,
      ),
    ).toEqual([PATHS.openApi, PATHS.adminLogin])
  })

  it.each(ROUTES)(
    'ADM-02 AD-04 AD-05 %s refuses callers without an admin token',
    async (_, row) => {
      for (const method of served(row)) {
        for (const [name, headers, type] of strangers) {
          const response = await send(row.path, { method, headers })
          await expectProblem(response, method, { status: 401, type }, name)
          const error = type === PROBLEMS.tokenMissing.type ? '' : ' error="invalid_token"'
          expect(response.headers.get('www-authenticate'), name).toBe(`Bearer${error}`)
        }
      }
    },
  )

  it.each(ROUTES)('ADM-02 %s refuses an expired token', async (_, row) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR })
    try {
      for (const method of served(row)) {
        const headers = bearer(roleTokens.get('owner') ?? '')
        const response = await send(row.path, { method, headers })
        await expectProblem(response, method, PROBLEMS.tokenInvalid, method)
      }
    } finally {
      vi.useRealTimers()
    }
  })

  it.each(ROUTES)('ADM-09 %s serves exactly the roles with its scope', async (_, row) => {
    for (const role of ROLE_NAMES) {
      await expectForScopes(row, roleTokens.get(role), ROLES[role], role)
    }
  })

  it.each(ROUTES)('ADM-02 %s serves exactly tokens with its scope', async (_, row) => {
    for (const scope of ADMIN_SCOPES) {
      await expectForScopes(row, scopeTokens.get(scope), [scope], scope)
    }
  })

  it.each(PATHS_OF_ADMIN)('AD-06 %s answers other methods with 405 and Allow', async (path) => {
    const rows = ADMIN.filter((row) => row.path === path)
    const allowed = rows.flatMap(served)
    for (const method of METHODS.filter((one) => !allowed.includes(one))) {
      for (const headers of [{}, bearer(roleTokens.get('owner') ?? '')]) {
        const response = await send(path, { method, headers })
        await expectProblem(response, method, PROBLEMS.methodUnsupported, method)
        expect(response.headers.get('allow')).toBe(allowed.join(', '))
      }
    }
  })

  it.each(ROUTES)('AD-12 %s forbids to store its answers', async (_, row) => {
    for (const headers of [{}, bearer(roleTokens.get('owner') ?? '')]) {
      const [method = ''] = served(row)
      const response = await send(row.path, { method, headers })
      expect(response.headers.get('cache-control')).toBe('no-store')
    }
  })

  it.each(ROUTES)('%s refuses a parameter that it does not know', async (_, row) => {
    for (const method of served(row)) {
      const headers = bearer(roleTokens.get('owner') ?? '')
      const response = await send(`${row.path}?colour=red`, { method, headers })
      expect(response.status).toBe(400)
      if (method === 'HEAD') continue
      const { problems, type } = await readJson(response)
      const isOfDecision = row.path === PATHS.adminDecision
      expect(type).toMatch(/^urn:edgemint:problem:[a-z-]+-invalid$/)
      if (!isOfDecision)
        expect(problems).toContainEqual(expect.objectContaining({ path: ['colour'] }))
    }
  })

  it.each(ROUTES)('%s refuses a parameter that is not UTF-8', async (_, row) => {
    const headers = bearer(roleTokens.get('owner') ?? '')
    const method = served(row)[0] ?? ''
    for (const value of ['50%', '%zz', 'Andr%E9', '%ED%A0%80', '%C3']) {
      const response = await send(`${row.path}?ok=a&&colour=${value}`, { method, headers })
      expect(response.status).toBe(400)
      const { problems, type } = await readJson(response)
      expect(type).toBe(PROBLEMS.parameterInvalid.type)
      expect(problems).toEqual([
        {
          code: 'parameter_malformed',
          path: ['colour'],
          message: 'is not percent-encoded UTF-8: write % as %25',
        },
      ])
    }
  })

  it('ADM-09 needs another scope to write than to read, in every row', () => {
    expect(
      Object.fromEntries(ROUTES.map(([name, { authentication }]) => [name, authentication])),
    ).toEqual(SCOPES)
  })

  it('ADM-09 keeps the roles as documented, and only two of them may write', () => {
    expect(ADMIN_ROLES).toEqual(ROLES)
    const writers = ROLE_NAMES.filter((role) => ROLES[role].includes('trust:write'))
    expect(writers).toEqual(['approver', 'owner'])
  })

  it.each(['/%61dmin/v1/trust', '/admin%2Fv1/trust', '/ADMIN/v1/trust', '//admin/v1/trust'])(
    'ADM-14 has one spelling: %s is not found',
    async (path) => {
      const headers = bearer(await adminToken())
      expect((await send(path, { headers })).status).toBe(404)
    },
  )

  const stores = { TrustStore, RevocationLog, ReplayLedger, DecisionLog }
  it.each(Object.entries(stores))(
    'ADM-04 is the only access: %s serves no requests',
    (_, store) => {
      const methods = Object.getOwnPropertyNames(store.prototype)
      expect(methods.filter((name) => /^(?:fetch|connect|webSocket\w*)$/.test(name))).toEqual([])
    },
  )
})
