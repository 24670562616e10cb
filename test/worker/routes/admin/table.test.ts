/**
 * Every route of the admin API refuses callers without its scope, and other spellings of its path.
 */
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { ADMIN_SCOPES } from '../../../../src/contract/admin.ts'
import { ADMIN_PREFIX, PATHS } from '../../../../src/protocol/paths.ts'
import { ENDPOINTS } from '../../../../src/worker/endpoints.ts'
import {
  DecisionCounts,
  DecisionLog,
  ReplayLedger,
  RevocationLog,
  TrustStore,
} from '../../../../src/worker/index.ts'
import { accessToken, adminToken, applyTrust, bearer, send } from '../../support/gateway.ts'
import { newIssuer } from '../../support/issuer.ts'
import { trustFor } from '../../support/trust.ts'

const issuer = newIssuer()
let callers: readonly Readonly<Record<string, string>>[] = []

beforeAll(async () => {
  await applyTrust(trustFor(issuer.url))
  const api = await accessToken(await issuer.mint())
  callers = [{}, { cookie: 'token=x' }, bearer('garbage'), bearer(api), bearer(await issuer.mint())]
})

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS']
const ADMIN = ENDPOINTS.filter(({ path }) => path.startsWith(ADMIN_PREFIX))
const ROUTES = ADMIN.map((row) => [`${String(row.methods)} ${row.path}`, row] as const)
const HOUR = 3_600_000
const PATHS_OF_ADMIN = [...new Set(ADMIN.map(({ path }) => path))]

describe('the admin API', () => {
  it('ADM-02 has an admin scope in every row', () => {
    expect(PATHS_OF_ADMIN).toEqual(Object.values(PATHS).filter((path) => path.startsWith('/admin')))
    const scopes: readonly string[] = ADMIN_SCOPES
    expect(ADMIN.filter(({ authentication }) => !scopes.includes(authentication))).toEqual([])
  })

  it.each(PATHS_OF_ADMIN)('ADM-02 %s refuses callers without an admin token', async (path) => {
    for (const method of METHODS) {
      for (const headers of callers) {
        const response = await send(path, { method, headers })
        expect([401, 405], `${method} ${path}`).toContain(response.status)
      }
    }
  })

  it('ADM-09 requires different scopes to read and to write', async () => {
    const headers = bearer(await adminToken('staging'))
    expect((await send(PATHS.adminTrust, { headers })).status).toBe(200)
    for (const [path, method] of [
      [PATHS.adminTrust, 'PUT'],
      [PATHS.adminRevocations, 'POST'],
      [PATHS.adminDecisions, 'GET'],
    ] as const) {
      expect((await send(path, { method, headers })).status, path).toBe(403)
    }
  })

  it.each(ROUTES)(
    'ADM-02 %s accepts exactly its own scope, until the token expires',
    async (_, { path, methods, authentication }) => {
      const method = methods[0] ?? ''
      for (const scope of ADMIN_SCOPES) {
        const headers = bearer(await adminToken('production', scope))
        const { status } = await send(path, { method, headers })
        if (scope !== authentication) expect(status, scope).toBe(403)
        else expect([401, 403], scope).not.toContain(status)
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR })
        try {
          expect((await send(path, { method, headers })).status, scope).toBe(401)
        } finally {
          vi.useRealTimers()
        }
      }
    },
  )

  it.each(['/%61dmin/v1/trust', '/admin%2Fv1/trust', '/ADMIN/v1/trust', '//admin/v1/trust'])(
    'ADM-14 has one spelling: %s is not found',
    async (path) => {
      const headers = bearer(await adminToken())
      expect((await send(path, { headers })).status).toBe(404)
    },
  )

  const stores = { TrustStore, RevocationLog, ReplayLedger, DecisionCounts, DecisionLog }
  it.each(Object.entries(stores))(
    'ADM-04 is the only access: %s serves no requests',
    (_, store) => {
      const methods = Object.getOwnPropertyNames(store.prototype)
      expect(methods.filter((name) => /^(?:fetch|connect|webSocket\w*)$/.test(name))).toEqual([])
    },
  )
})
