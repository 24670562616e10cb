/** Several isolates of the Worker that share one set of stores decide like one gateway. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DevIssuer, startDevIssuer } from '../../src/dev/issuer/issuer.ts'
import { TRUST_OWNER } from '../../src/dev/serve/trust-owner.ts'
import { exchangeForm } from '../support/vectors.ts'
import { API, root, trustDocument } from './support/world.ts'

const GATEWAY = 'https://sts.example.com'
const NAMES = ['one', 'two', 'three'] as const
const CLASSES = {
  TRUST_STORE: 'TrustStore',
  REPLAY_LEDGER: 'ReplayLedger',
  REVOCATION_LOG: 'RevocationLog',
  STATUS_LISTS: 'StatusLists',
  TRUST_READER: 'TrustReader',
  DECISION_LOG: 'DecisionLog',
} as const

let issuer: DevIssuer
let platform: Miniflare
let signingKey: string

/**
 * Returns the built Worker as a service, which has its own isolate. All services use the stores of
 * the first one.
 */
function gateway(name: string) {
  const path = join(root, 'dist/bundle/index.js')
  const owner = name === NAMES[0] ? {} : { scriptName: NAMES[0] }
  const durableObjects = Object.fromEntries(
    Object.entries(CLASSES).map(([binding, className]) => [
      binding,
      { className, useSQLite: true, ...owner },
    ]),
  )
  return {
    name,
    modules: [{ type: 'ESModule' as const, path, contents: readFileSync(path, 'utf8') }],
    modulesRoot: join(path, '..'),
    compatibilityDate: '2026-10-20',
    bindings: { ISSUER: GATEWAY, LOCAL_ISSUERS: 'true', SIGNING_KEY_TEST: signingKey },
    kvNamespaces: ['REVOCATIONS'],
    durableObjects,
  }
}

beforeAll(async () => {
  issuer = await startDevIssuer()
  const pair = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
  ])) as CryptoKeyPair
  const jwk = await crypto.subtle.exportKey('jwk', pair.privateKey)
  signingKey = JSON.stringify({
    kty: 'EC',
    crv: 'P-256',
    x: jwk.x,
    y: jwk.y,
    d: jwk.d,
    alg: 'ES256',
  })
  platform = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      workers: [
        ...NAMES.map(gateway),
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
  const document = trustDocument(issuer.issuer)
  const rules = document.rules.map((rule) => ({
    ...rule,
    grant: { ...rule.grant, replay: 'once' },
  }))
  const owner = await platform.getWorker('owner')
  const json = JSON.stringify({ ...document, rules })
  const stored = await owner.fetch('http://owner/', {
    method: 'POST',
    body: JSON.stringify({ json, author: 'test' }),
  })
  expect(await stored.json()).toMatchObject({ kind: 'stored' })
})
afterAll(async () => {
  await platform.dispose()
  await issuer.close()
})

async function exchangeAt(name: string, token: string): Promise<number> {
  const worker = await platform.getWorker(name)
  const body = new URLSearchParams(exchangeForm(token, API)).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const response = await worker.fetch(`${GATEWAY}/token`, { method: 'POST', headers, body })
  await response.arrayBuffer()
  return response.status
}

const mint = () => issuer.mint({ provider: 'github-actions', audience: GATEWAY }, 'github')

describe('gateways in several isolates with one ledger', () => {
  it('REP-01 grant one of a hundred presentations of one token', async () => {
    // Each isolate has the keys already, so that only the ledger orders the requests.
    for (const name of NAMES) expect(await exchangeAt(name, await mint())).toBe(200)
    const token = await mint()
    const asked = Array.from({ length: 100 }, (_, index) => NAMES[index % NAMES.length] ?? '')
    const statuses = await Promise.all(asked.map((name) => exchangeAt(name, token)))
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 400)).toHaveLength(99)
    for (const name of NAMES) expect(await exchangeAt(name, token)).toBe(400)
  })

  it('NET-08 fetch an unknown key from the issuer once', async () => {
    await issuer.rotate('github')
    const before = issuer.requests('github')
    const tokens = await Promise.all(Array.from({ length: 30 }, mint))
    const statuses = await Promise.all(
      tokens.map((token, index) => exchangeAt(NAMES[index % NAMES.length] ?? '', token)),
    )
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(issuer.requests('github').jwks - before.jwks).toBe(1)
  })
})
