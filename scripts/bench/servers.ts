/** The two servers under load, both bundled by the same tool and started on workerd the same way. */
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import type { ApplyResult } from '../../dist/dev/index.js'
import { startRuntime } from '../../dist/dev/serve/runtime.js'
import type { Measured } from './load.ts'

const COMPATIBILITY_DATE = '2026-10-20'

export async function startFloor(issuerUrl: string, signKey: string): Promise<Measured> {
  const { jwks_uri } = (await (
    await fetch(`${issuerUrl}/.well-known/openid-configuration`)
  ).json()) as { jwks_uri: string }
  const { keys } = (await (await fetch(jwks_uri)).json()) as { keys: object[] }
  const bundled = await build({
    entryPoints: [join(import.meta.dirname, 'floor-worker.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    conditions: ['workerd', 'worker'],
    write: false,
  })
  const port = await freePort()
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      workers: [
        {
          name: 'floor',
          modules: true,
          script: bundled.outputFiles[0]?.text ?? '',
          compatibilityDate: COMPATIBILITY_DATE,
          bindings: { VERIFY_KEY: JSON.stringify(keys[0]), SIGN_KEY: signKey },
          unsafeDirectSockets: [{ host: '127.0.0.1', port }],
        },
      ],
    }),
  )
  await miniflare.ready
  return {
    url: `http://127.0.0.1:${port}`,
    mebibytes: workerdMebibytes,
    close: () => miniflare.dispose(),
  }
}

export async function startMeasuredGateway(options: {
  readonly stateDir: string
  readonly key: string
  readonly trust: object
}): Promise<Measured> {
  mkdirSync(options.stateDir, { recursive: true })
  // Without the front of `serve`: the floor is asked at workerd's own socket too.
  const runtime = await startRuntime({
    stateDir: options.stateDir,
    variables: {
      ISSUER: 'https://sts.example.com',
      ALLOWED_HOSTS: '127.0.0.1',
      LOCAL_ISSUERS: 'true',
      LOCAL_GATEWAY: 'true',
      SIGNING_KEY_BENCH: options.key,
    },
    ownerKey: randomUUID(),
    rateLimits: {},
    // The record of each decision is written and read; it is only not shown.
    onLog: () => undefined,
    onFailure: (error) => {
      throw error
    },
  })
  const json = JSON.stringify(options.trust)
  const body = JSON.stringify({ json, author: 'bench' })
  const applied = (await runtime.askOwner({ method: 'POST', body })) as ApplyResult
  if (applied.kind === 'refused') throw new Error(JSON.stringify(applied.problems))
  const { host, port } = await runtime.findUpstream()
  return { url: `http://${host}:${port}`, mebibytes: workerdMebibytes, close: runtime.close }
}

/** Resident memory of the workerd that runs now; there is one at a time. NaN where ps is missing. */
function workerdMebibytes(): number {
  try {
    const rows = execFileSync('ps', ['-A', '-o', 'rss=,args='], { encoding: 'utf8' }).split('\n')
    const row = rows.find((line) => /workerd serve/.test(line) && !/workerd-guard/.test(line))
    return Number(row?.trim().split(/\s+/)[0] ?? Number.NaN) / 1024
  } catch {
    return Number.NaN
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
