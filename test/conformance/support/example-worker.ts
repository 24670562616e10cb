/**
 * An example Worker as its user deploys it: bundled, on workerd, reached over HTTP without anybody
 * in between, so that paths and headers arrive as they were written.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { root } from './world.ts'

export type ExampleWorker = { readonly url: string; readonly close: () => Promise<void> }

export async function startExample(
  path: string,
  bindings: Readonly<Record<string, string>>,
): Promise<ExampleWorker> {
  const bundled = await build({
    entryPoints: [join(root, path)],
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    write: false,
    absWorkingDir: root,
  })
  const port = await findFreePort()
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      workers: [
        {
          name: 'example',
          modules: true,
          script: bundled.outputFiles[0]?.text ?? '',
          compatibilityDate: '2026-10-20',
          bindings: { ...bindings },
          unsafeDirectSockets: [{ host: '127.0.0.1', port }],
        },
      ],
    }),
  )
  await miniflare.ready
  return { url: `http://127.0.0.1:${port}`, close: () => miniflare.dispose() }
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
