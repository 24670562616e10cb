/**
 * Starts an example Worker as its user deploys it: bundled, on workerd, over HTTP. No proxy is in
 * between, so paths and headers arrive unchanged.
 */
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
          // Port 0 selects a free port.
          unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
        },
      ],
    }),
  )
  await miniflare.ready
  const { origin } = await miniflare.unsafeGetDirectURL('example')
  return { url: origin, close: () => miniflare.dispose() }
}
