/**
 * The process that started a gateway can always call it as its owner, even under load. No other
 * caller can.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { afterAll, expect, test } from 'vitest'
import { OWNER_HOST, OWNER_KEY_HEADER, TRUST_OWNER } from '../../src/dev/serve/trust-owner.ts'
import { freePort } from './support/docs/free-port.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-owner-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

test.each([1, 2, 3])(
  'the owner reads the revision during a flood of requests that fill the log (start %i)',
  async (start) => {
    const program = join(import.meta.dirname, 'support/busy-log.ts')
    const args = [program, join(scratch, `state-${start}`), await freePort()]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    // A hung process does not handle a gentler signal.
    const timer = setTimeout(() => child.kill('SIGKILL'), 100_000)
    const [exitCode] = await once(child, 'close')
    clearTimeout(timer)
    expect([said, exitCode]).toEqual(['0\n', 0])
  },
)

test('a caller without the key of this start is refused', async () => {
  const ownerKey = crypto.randomUUID()
  const script = `${TRUST_OWNER}
    export class TrustStore {
      async fetch() { return new Response() }
    }`
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      modules: true,
      script,
      compatibilityDate: '2026-10-20',
      bindings: { OWNER_KEY: ownerKey },
      durableObjects: { TRUST_STORE: { className: 'TrustStore' } },
    }),
  )
  const ask = async (headers: Readonly<Record<string, string>>) =>
    (await miniflare.dispatchFetch(`http://${OWNER_HOST}/`, { headers })).status
  try {
    expect(await ask({})).toBe(403)
    for (const key of ['', 'x', crypto.randomUUID(), `${ownerKey} x`]) {
      expect(await ask({ [OWNER_KEY_HEADER]: key })).toBe(403)
    }
    // The owner is accepted, and then the fake store fails.
    expect(await ask({ [OWNER_KEY_HEADER]: ownerKey })).toBe(500)
  } finally {
    await miniflare.dispose()
  }
})
