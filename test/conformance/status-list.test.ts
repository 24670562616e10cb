/**
 * Status lists on workerd: several isolates that share the stores give no index twice, and the
 * example of docs/status-list.md sees a revocation.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { decodeJwt } from 'jose'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type DevIssuer, startDevIssuer } from '../../src/dev/issuer/issuer.ts'
import { TRUST_OWNER } from '../../src/dev/serve/trust-owner.ts'
import type { Verifier } from '../../src/verify/index.ts'
import { exchangeForm } from '../support/vectors.ts'
import { readBlocks } from './support/docs/pages.ts'
import { API, accessToken, root, startWorld, trustDocument, type World } from './support/world.ts'

const GATEWAY = 'https://sts.example.com'
const NAMES = ['one', 'two', 'three'] as const
const CLASSES = {
  TRUST_STORE: 'TrustStore',
  REPLAY_LEDGER: 'ReplayLedger',
  REVOCATION_LOG: 'RevocationLog',
  STATUS_LISTS: 'StatusLists',
} as const

const blocks = readBlocks('docs/status-list.md')
const blockOf = (language: string) =>
  blocks.find((block) => block.language === language)?.code ?? ''

/** The resource of the page, with the scopes of the tests. */
function listedDocument(issuerUrl: string) {
  const { resources } = parse(blockOf('yaml')) as { resources: Record<string, object> }
  const document = trustDocument(issuerUrl)
  return {
    ...document,
    resources: { [API]: { ...resources[API], ...document.resources[API] } },
  }
}

describe('several isolates', () => {
  let issuer: DevIssuer
  let platform: Miniflare

  beforeAll(async () => {
    issuer = await startDevIssuer()
    const pair = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
    ])) as CryptoKeyPair
    const { kty, crv, x, y, d } = await crypto.subtle.exportKey('jwk', pair.privateKey)
    const key = JSON.stringify({ kty, crv, x, y, d, alg: 'ES256' })
    const path = join(root, 'dist/bundle/index.js')
    const objects = (owner: object) =>
      Object.fromEntries(
        Object.entries(CLASSES).map(([binding, className]) => [
          binding,
          { className, useSQLite: true, ...owner },
        ]),
      )
    platform = new Miniflare(
      convertV4MiniflareOptions({
        cf: false,
        workers: [
          ...NAMES.map((name) => ({
            name,
            modules: [{ type: 'ESModule' as const, path, contents: readFileSync(path, 'utf8') }],
            modulesRoot: join(path, '..'),
            compatibilityDate: '2026-10-20',
            bindings: { ISSUER: GATEWAY, LOCAL_ISSUERS: 'true', SIGNING_KEY_TEST: key },
            kvNamespaces: ['REVOCATIONS'],
            durableObjects: objects(name === NAMES[0] ? {} : { scriptName: NAMES[0] }),
          })),
          {
            name: 'owner',
            modules: true,
            script: TRUST_OWNER,
            compatibilityDate: '2026-10-20',
            durableObjects: {
              TRUST_STORE: { className: 'TrustStore', scriptName: NAMES[0], useSQLite: true },
            },
          },
        ],
      }),
    )
    await platform.ready
    const owner = await platform.getWorker('owner')
    const json = JSON.stringify(listedDocument(issuer.issuer))
    const body = JSON.stringify({ json, author: 'test' })
    const stored = await owner.fetch('http://owner/', { method: 'POST', body })
    expect(await stored.json()).toMatchObject({ kind: 'stored' })
  })
  afterAll(async () => {
    await platform?.dispose()
    await issuer?.close()
  })

  it('SL-14 give each index once, with 300 exchanges at the same time', async () => {
    const token = await issuer.mint({ provider: 'github-actions', audience: GATEWAY }, 'github')
    const body = new URLSearchParams(exchangeForm(token, API)).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const exchange = async (index: number) => {
      const worker = await platform.getWorker(NAMES[index % NAMES.length])
      const response = await worker.fetch(`${GATEWAY}/token`, { method: 'POST', headers, body })
      const answer = (await response.json()) as { access_token?: string }
      return answer.access_token ?? JSON.stringify(answer)
    }
    // Each isolate then has the keys of the issuer.
    for (const index of NAMES.keys()) expect(await exchange(index)).toMatch(/^eyJ/)
    const tokens = await Promise.all(Array.from({ length: 300 }, (_, index) => exchange(index)))
    expect(tokens.filter((token) => !token.startsWith('eyJ'))).toEqual([])
    const positions = tokens.map((token) => {
      const { status } = decodeJwt(token)
      return JSON.stringify(status)
    })
    expect(positions.filter((position) => position === undefined)).toEqual([])
    expect(new Set(positions).size).toBe(300)
  })
})

describe('the example of docs/status-list.md', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'edgemint-status-'))
  let world: World
  let now = Math.floor(Date.now() / 1000)

  beforeAll(async () => {
    world = await startWorld(() => ({}), listedDocument)
  })
  afterAll(async () => {
    await world?.close()
    rmSync(scratch, { recursive: true, force: true })
  })

  it('SL-11 sees a revocation within the ttl of the list, also of the gzip form', async () => {
    const door = pathToFileURL(join(root, 'dist/verify/index.js')).href
    const code = blockOf('ts')
      .replace("'edgemint/verify'", JSON.stringify(door))
      .replace(GATEWAY, world.url())
      .replace('createVerifier({', 'createVerifier({ now: globalThis.statusTestClock,')
    Object.assign(globalThis, { statusTestClock: () => now })
    writeFileSync(join(scratch, 'example.mjs'), code)
    const example = (await import(pathToFileURL(join(scratch, 'example.mjs')).href)) as {
      verifier: Verifier
    }
    const { verifier } = example
    const [token, other] = [await accessToken(world), await accessToken(world)]
    expect((await verifier.verify(token)).claims).toHaveProperty('status')
    const body = new URLSearchParams({ token })
    const revoked = await fetch(`${world.url()}/revoke`, { method: 'POST', body })
    expect(revoked.status).toBe(200)
    // The gateway keeps the list for its ttl. A restart makes a new isolate.
    await world.restart('SIGTERM')
    now += 30
    await expect(verifier.verify(token)).rejects.toMatchObject({ reason: 'token_revoked' })
    const { claims } = await verifier.verify(other)
    const { status_list: list } = claims.status as { status_list: { uri: string } }
    const response = await fetch(list.uri, { headers: { 'accept-encoding': 'gzip' } })
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(decodeJwt(await response.text())).toMatchObject({ sub: list.uri })
  })
})
