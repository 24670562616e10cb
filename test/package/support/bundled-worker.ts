/**
 * Bundles the package into a Worker as wrangler does, runs it on workerd, and calls each entry
 * point so that all of its parts are used.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { calculateJwkThumbprint, decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { DOORS } from './doors.ts'
import { type RealGateway, startRealGateway } from './gateway.ts'
import { type Project, root } from './project.ts'

const ISSUER = 'https://sts.example.com'

/** Defines the tests of a bundle of this installed package. */
export function describeBundledWorker(project: () => Project): void {
  describe('in a bundled Worker', () => {
    let worker: Miniflare
    let stranger: string
    let gateway: RealGateway

    beforeAll(async () => {
      gateway = await startRealGateway()
      const { privateKey } = await generateKeyPair('ES256', { extractable: true })
      const jwk = await exportJWK(privateKey)
      const kid = await calculateJwkThumbprint(jwk)
      stranger = await new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', kid: 'of-nobody', typ: 'at+jwt' })
        .setIssuer(ISSUER)
        .sign(privateKey)
      worker = new Miniflare(
        convertV4MiniflareOptions({
          modules: true,
          script: await bundle(project()),
          compatibilityDate: '2026-10-20',
          cf: false,
          kvNamespaces: ['REVOCATIONS'],
          serviceBindings: { ASSETS: { disk: { path: assetsOf(project()) } } },
          durableObjects: {
            TRUST_STORE: { className: 'TrustStore', useSQLite: true },
            REPLAY_LEDGER: { className: 'ReplayLedger', useSQLite: true },
            REVOCATION_LOG: { className: 'RevocationLog', useSQLite: true },
            STATUS_LISTS: { className: 'StatusLists', useSQLite: true },
            TRUST_READER: { className: 'TrustReader', useSQLite: true },
            DECISION_LOG: { className: 'DecisionLog', useSQLite: true },
          },
          bindings: {
            ISSUER,
            SIGNING_KEY_TEST: JSON.stringify({ ...jwk, kid, alg: 'ES256' }),
            GATEWAY: gateway.url,
            SUBJECT_TOKEN: await gateway.mint(),
          },
        }),
      )
    })
    afterAll(async () => {
      await worker?.dispose()
      await gateway?.close()
    })

    async function post(path: string, body: string): Promise<unknown> {
      const answer = await worker.dispatchFetch(`${ISSUER}${path}`, { method: 'POST', body })
      expect(answer.status).toBe(200)
      return answer.json()
    }

    it('every entry point for Workers has the same exports as on Node', async () => {
      const answer = await worker.dispatchFetch(`${ISSUER}/doors`)
      const expected = Object.entries(DOORS).filter(([door]) => door !== 'edgemint/dev')
      const found = Object.entries((await answer.json()) as Record<string, string[]>)
      const sorted = found.map(([door, names]) => [door, names.toSorted()] as const)
      expect(Object.fromEntries(sorted)).toEqual(
        Object.fromEntries(expected.map(([door, names]) => [door, names.toSorted()])),
      )
    })

    it('edgemint/worker is the gateway, with its key ring', async () => {
      const metadata = await worker.dispatchFetch(`${ISSUER}/.well-known/openid-configuration`)
      expect(await metadata.json()).toMatchObject({
        issuer: ISSUER,
        jwks_uri: `${ISSUER}/jwks.json`,
      })
      const keys = await worker.dispatchFetch(`${ISSUER}/jwks.json`)
      expect(await keys.json()).toMatchObject({ keys: [{ kty: 'EC', alg: 'ES256' }] })
    })

    it('edgemint/worker serves the static assets of the package', async () => {
      const schema = await worker.dispatchFetch(`${ISSUER}/schemas/trust.v1.json`)
      expect(await schema.json()).toHaveProperty('title', 'Edgemint trust document')
    })

    it('edgemint and edgemint/client report the refusal of the gateway', async () => {
      const refusal = { code: 'invalid_request', status: 400 }
      expect(await post('/client', 'not-a-token')).toEqual([refusal, refusal])
    })

    it('edgemint/client keeps tokens between requests without shared promises', async () => {
      const ask = async () => {
        const answer = await worker.dispatchFetch(`${ISSUER}/tokens`)
        expect(answer.status).toBe(200)
        return (await answer.json()) as { accessToken: string }
      }
      const first = await Promise.all(Array.from({ length: 8 }, ask))
      const tokens = new Set(first.map(({ accessToken }) => accessToken))
      for (const token of tokens) expect(decodeJwt(token).aud).toBe('https://api.example.com')
      const second = await Promise.all(Array.from({ length: 8 }, ask))
      const held = new Set(second.map(({ accessToken }) => accessToken))
      expect(held.size).toBe(1)
      expect([...held].filter((token) => !tokens.has(token))).toEqual([])
    })

    it('edgemint/client finds no source on Workers', async () => {
      const answer = await worker.dispatchFetch(`${ISSUER}/sources`)
      const sources = (await answer.json()) as { source: string; fits: boolean }[]
      expect(sources.length).toBeGreaterThan(20)
      expect(sources.filter(({ fits }) => fits)).toEqual([])
    })

    it("edgemint/verify fetches the gateway's keys", async () => {
      expect(await post('/verify', stranger)).toEqual({
        code: 'invalid_token',
        reason: 'key_unknown',
      })
    })

    it.each(['hono', 'fetch'])('edgemint/verify/%s sends a challenge', async (door) => {
      const answer = await worker.dispatchFetch(`${ISSUER}/${door}`)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b/)
    })

    it('edgemint/gateway sends a challenge with its metadata URL', async () => {
      const answer = await worker.dispatchFetch(`${ISSUER}/edge`)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer resource_metadata="https:/)
    })

    it('edgemint/rules compiles the trust document', async () => {
      const example = readFileSync(join(root, 'examples/trust.yaml'), 'utf8')
      expect(await post('/rules', JSON.stringify(parse(example)))).toHaveProperty('trust')
      expect(await post('/rules', '{"version":2}')).toHaveProperty('problems')
    })
  })
}

function assetsOf({ folder }: Project): string {
  return join(folder, 'node_modules/edgemint/dist/assets')
}

async function bundle(project: Project): Promise<string> {
  const source = readFileSync(join(import.meta.dirname, 'doors-worker.js'), 'utf8')
  const bundled = await build({
    entryPoints: [project.write('worker.js', source)],
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*'],
    write: false,
    absWorkingDir: project.folder,
  })
  expect(bundled.warnings).toEqual([])
  return bundled.outputFiles[0]?.text ?? ''
}
