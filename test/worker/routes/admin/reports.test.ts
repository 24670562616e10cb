/** The reports about the gateway itself: its keys and its health. */
import { beforeAll, describe, expect, it } from 'vitest'
import { RELEASE } from '../../../../src/protocol/release.ts'
import {
  adminToken,
  applyTrust,
  bearer,
  deployment,
  readJson,
  runWith,
  send,
} from '../../support/gateway.ts'
import { newIssuer } from '../../support/issuer.ts'
import { trustFor } from '../../support/trust.ts'

const STRICT = 'https://strict.test'
const issuer = newIssuer()
let owner: Readonly<Record<string, string>>

beforeAll(async () => {
  const trust = trustFor(issuer.url)
  const resources = { ...trust.resources, [STRICT]: { scopes: ['a'], audit: 'strict' } }
  await applyTrust({ ...trust, resources })
  owner = bearer(await adminToken())
})

describe('GET /admin/v1/keys', () => {
  it('has the id of each published key and no key material', async () => {
    const { keys: published } = (await readJson(await send('/jwks.json'))) as {
      keys: readonly { readonly kid: string }[]
    }
    const report = await readJson(await send('/admin/v1/keys', { headers: owner }))
    const keys = report.keys as readonly { readonly kid: string; readonly state: string }[]
    expect(keys.map(({ kid }) => kid)).toEqual(published.map(({ kid }) => kid))
    expect(keys.map(({ state }) => state)).toContain('signing')
    expect(report.problems).toEqual([])
    for (const member of ['"d"', '"x"', '"n"']) expect(JSON.stringify(report)).not.toContain(member)
  })

  it('names the secret of a key that cannot be used', async () => {
    const { send: sendTo } = runWith({ SIGNING_KEY_BROKEN: '{}' } as object)
    const report = await readJson(await sendTo('/admin/v1/keys', { headers: owner }))
    expect(report.problems).toEqual([
      { variable: 'SIGNING_KEY_BROKEN', message: expect.stringContaining('needs "alg"') },
    ])
  })
})

describe('GET /admin/v1/health', () => {
  const healthOf = async (path: string, bindings: object) => {
    const response = await runWith(bindings).send(path, { headers: owner })
    return { status: response.status, report: await readJson(response) }
  }

  it('has the checks of /health, the release and the revision', async () => {
    const { report } = await healthOf('/health', {})
    const admin = await healthOf('/admin/v1/health', {})
    expect(admin.status).toBe(200)
    expect(admin.report).toMatchObject({
      release: RELEASE,
      revision: 1,
      status: report.status,
      checks: report.checks as object,
    })
  })

  it('names what /health only counts', async () => {
    const { DECISION_LOG: _, ...bindings } = deployment()
    const without = { ...bindings, DECISION_LOG: undefined }
    const { report } = await healthOf('/health', without)
    expect(report.warnings).toContainEqual(expect.stringMatching(/^1 resource has audit: strict/))
    expect(JSON.stringify(report)).not.toContain(STRICT)
    const admin = await healthOf('/admin/v1/health', without)
    expect(admin.report.warnings).toContainEqual(
      expect.stringMatching(/^https:\/\/strict\.test has audit: strict/),
    )
  })

  it('is answered with 200 by a gateway that is not ready', async () => {
    const broken = { SIGNING_KEY_BROKEN: '{}' }
    expect((await healthOf('/health', broken)).status).toBe(503)
    const admin = await healthOf('/admin/v1/health', broken)
    expect(admin.status).toBe(200)
    expect(admin.report).toMatchObject({ status: 'not_ready' })
  })
})
