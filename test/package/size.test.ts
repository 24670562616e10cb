/** The size that each entry point adds to a bundle, and the table in docs/sdk.md. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { manifest, root } from './support/project.ts'

const DOORS = Object.entries(manifest.exports).filter(([, target]) => target.endsWith('.js'))

/**
 * The promised maximum sizes. The table of the docs can be lower. The client includes retries, and
 * it recognizes responses that are not from the gateway. It also keeps secrets out of proxies, and both
 * entry points sign or verify proofs of possession. The verifier also reads status lists and actors.
 */
const CEILINGS: Readonly<Record<string, number>> = {
  '.': 15 * 1024,
  './client': 15 * 1024,
  './verify': 15 * 1024,
}

type Bundled = { readonly bytes: number; readonly packages: readonly string[] }

/** Bundles an entry point as an application does. Other packages stay external. */
async function bundle(target: string): Promise<Bundled> {
  const built = await build({
    entryPoints: [join(root, target)],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    packages: 'external',
    external: ['node:*', 'cloudflare:*'],
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  const code = built.outputFiles[0]?.contents ?? new Uint8Array()
  const packages = Object.values(built.metafile.outputs)
    .flatMap(({ imports }) => imports.map(({ path }) => path))
    .filter((path) => !/^(node|cloudflare):/.test(path))
    .map((path) => path.split('/', path.startsWith('@') ? 2 : 1).join('/'))
  return {
    bytes: gzipSync(code, { level: 9 }).byteLength,
    packages: [...new Set(packages)].toSorted(),
  }
}

/** Returns the rows of the table: KB and packages by entry point. */
function readTable(): ReadonlyMap<string, { readonly kilobytes: number; readonly brings: string }> {
  const [, section = ''] = readFileSync(join(root, 'docs/sdk.md'), 'utf8').split('\n## Sizes\n')
  const rows = [...section.matchAll(/^\| `(edgemint[^`]*)` \| (\d+) \| (.*) \|$/gm)]
  return new Map(
    rows.map(([, door = '', kilobytes, brings = '']) => [
      door,
      { kilobytes: Number(kilobytes), brings },
    ]),
  )
}

describe('a bundle with one entry point', () => {
  test.each(DOORS)('%s has the size in docs/sdk.md', async (door, target) => {
    const { bytes, packages } = await bundle(target)
    const row = readTable().get(door.replace('.', 'edgemint'))
    expect(row?.brings).toBe(
      packages.length === 0 ? '–' : packages.map((name) => `\`${name}\``).join(', '),
    )
    const kilobytes = row?.kilobytes ?? 0
    expect(bytes).toBeLessThanOrEqual(kilobytes * 1024)
    // A row that is far too high is out of date.
    expect(bytes).toBeGreaterThan(kilobytes * 1024 * 0.7 - 1024)
    expect(bytes).toBeLessThan(CEILINGS[door] ?? Number.POSITIVE_INFINITY)
  })
})

test('the table of docs/sdk.md has exactly the entry points', () => {
  const doors = DOORS.map(([door]) => door.replace('.', 'edgemint'))
  expect([...readTable().keys()]).toEqual(doors)
})
