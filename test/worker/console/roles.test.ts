/**
 * What the session of each role may do below `/console/api`, generated from the table of the admin
 * API. The table with bearer tokens is in test/worker/routes/admin/table.test.ts.
 */
import { beforeAll, expect, it } from 'vitest'
import { ADMIN_ROLES, ALSO_ACCEPTED } from '../../../src/contract/admin.ts'
import { PROBLEMS } from '../../../src/contract/problems/problems.ts'
import { SESSION_COOKIE } from '../../../src/worker/console/cookies.ts'
import { CONSOLE_API } from '../../../src/worker/console/endpoints.ts'
import { CONSOLE, policyOfPeople, runConsole, startConsole } from '../support/console.ts'
import { readJson } from '../support/gateway.ts'

const ROLE_NAMES = Object.keys(ADMIN_ROLES) as (keyof typeof ADMIN_ROLES)[]
const ROWS = CONSOLE_API.flatMap(({ path, methods, authentication }) =>
  (methods === 'any' ? [] : methods).map((method) => [method, path, authentication] as const),
)

let gateway: Awaited<ReturnType<typeof startConsole>>
const sessions = new Map<string, string>()

beforeAll(async () => {
  gateway = await startConsole()
  for (const role of ROLE_NAMES) {
    const other = runConsole({ BOOTSTRAP_TRUST: policyOfPeople({ scopes: [role] }) })
    const browser = other.openBrowser()
    await browser.signIn()
    sessions.set(role, browser.session() ?? '')
  }
})

it.each(ROWS)(
  'ADM-09 %s %s serves exactly the sessions with its scope',
  async (method, path, scope) => {
    for (const role of ROLE_NAMES) {
      const cookie = `${SESSION_COOKIE}=${sessions.get(role)}`
      const response = await gateway.send(path, { method, headers: { origin: CONSOLE, cookie } })
      const scopes: readonly string[] = ADMIN_ROLES[role]
      if (scopes.includes(scope) || scopes.includes(ALSO_ACCEPTED[scope] ?? scope)) {
        expect([401, 403, 500], role).not.toContain(response.status)
        continue
      }
      expect([response.status, role]).toEqual([403, role])
      expect(await readJson(response)).toMatchObject({ type: PROBLEMS.scopeMissing.type })
    }
  },
)

it('ADM-09 takes from a session what the policy of a new deployment no longer grants', async () => {
  const cookie = `${SESSION_COOKIE}=${sessions.get('owner')}`
  const scopesWith = async (policy: string) => {
    const { send } = runConsole({ BOOTSTRAP_TRUST: policy })
    const response = await send('/console/session', { headers: { cookie } })
    const { scopes } = (await readJson(response)) as { scopes?: readonly string[] }
    const write = { method: 'POST', headers: { origin: CONSOLE, cookie } }
    const written = await send('/console/api/v1/revocations', write)
    return [response.status, scopes, written.status]
  }
  const viewer = policyOfPeople({ scopes: ['viewer'] })
  expect(await scopesWith(viewer)).toEqual([200, ADMIN_ROLES.viewer, 403])
  const { rules, ...policy } = JSON.parse(viewer) as {
    readonly rules: readonly { readonly grant: object }[]
  }
  const withRules = (change: object) =>
    scopesWith(JSON.stringify({ ...policy, rules: rules.map((rule) => ({ ...rule, ...change })) }))
  expect(await withRules({ mode: 'observe' })).toEqual([401, undefined, 401])
  expect(await withRules({ expires: '2020-01-01T00:00:00Z' })).toEqual([401, undefined, 401])
  const later = await withRules({ expires: '2999-01-01T00:00:00Z' })
  expect(later).toEqual([200, ADMIN_ROLES.viewer, 403])
  const others = rules.slice(0, 1).map((rule) => ({
    ...rule,
    name: 'other',
    grant: { ...rule.grant, scopes: ['owner'] },
  }))
  const beside = JSON.stringify({ ...policy, rules: [...others, ...rules] })
  expect(await scopesWith(beside)).toEqual([200, ADMIN_ROLES.viewer, 403])
  expect(await scopesWith(JSON.stringify({ ...policy, rules: [] }))).toEqual([401, undefined, 401])
})

it('ADM-09 keeps every row that writes from viewers and editors', () => {
  const writing = ROWS.filter(([method, , scope]) => method !== 'GET' && scope.endsWith(':write'))
  expect(writing.length).toBeGreaterThan(0)
  for (const role of ['viewer', 'editor'] as const) {
    const scopes: readonly string[] = ADMIN_ROLES[role]
    expect(writing.filter(([, , scope]) => scopes.includes(scope))).toEqual([])
  }
})
