/** What `npm i edgemint` brings: the built doors, the pages that belong to them, and no more. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { trustDocumentSchema } from '../../src/core/rules/schema.ts'
import { manifest, type Packed, pack, root } from './support/project.ts'

const MAX_PACKED_BYTES = 400 * 1024
const MAX_BUNDLE_BYTES = 150 * 1024

let packed: Packed

beforeAll(async () => {
  packed = await pack(root)
})

const read = (path: string) => readFileSync(join(root, path), 'utf8')

describe('the package', () => {
  it('holds the built files and the pages that belong to them, and nothing else', () => {
    const pages = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json']
    const others = packed.files.map(({ path }) => path).filter((path) => !path.startsWith('dist/'))
    expect(others.toSorted()).toEqual(pages)
    const strange = packed.files.filter(
      ({ path }) => path.startsWith('dist/') && !/\.(js|d\.ts|json)$/.test(path),
    )
    expect(strange).toEqual([])
    expect(packed.files.filter(({ path }) => /tsbuildinfo|\.map$|test/.test(path))).toEqual([])
  })

  it('is small', () => {
    expect(packed.size).toBeLessThan(MAX_PACKED_BYTES)
  })

  it('holds every file that a door or a command names', () => {
    const paths = packed.files.map(({ path }) => `./${path}`)
    for (const target of Object.values(manifest.exports)) expect(paths).toContain(target)
    for (const target of Object.values(manifest.bin)) {
      expect(paths).toContain(`./${target}`)
      expect(read(target)).toMatch(/^#!\/usr\/bin\/env node\n/)
      const file = packed.files.find(({ path }) => path === target)
      expect((file?.mode ?? 0) & 0o111).toBe(0o111)
    }
  })

  it('depends on what it needs and nothing else', () => {
    expect(Object.keys(manifest.dependencies).toSorted()).toEqual(['hono', 'jose', 'yaml', 'zod'])
  })

  it('has nothing that publint finds wrong', async () => {
    const { messages, pkg } = await publint({ pkgDir: root, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  })
})

describe('what was generated', () => {
  it('the JSON Schema is that of the schema in the source', () => {
    const schema = z.toJSONSchema(trustDocumentSchema, { io: 'input', unrepresentable: 'any' })
    expect(JSON.parse(read('dist/trust.schema.json'))).toEqual(schema)
  })

  it('the Worker is one file under 150 KB compressed', () => {
    const bundle = readFileSync(join(root, 'dist/bundle/index.js'))
    expect(gzipSync(bundle, { level: 9 }).byteLength).toBeLessThan(MAX_BUNDLE_BYTES)
  })

  it('the versions agree', () => {
    expect(read('CHANGELOG.md').match(/^## (\S+)/m)?.[1]).toBe(manifest.version)
  })

  it('people run the Worker as it is deployed and tested', () => {
    const dates = ['wrangler.toml', 'test/worker/wrangler.toml', 'src/dev/serve.ts'].map(
      (path) =>
        /(?:compatibility_date|COMPATIBILITY_DATE) = ['"]([\d-]+)['"]/.exec(read(path))?.[1],
    )
    expect(dates[0]).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(new Set(dates).size).toBe(1)
  })

  it('the lock file has the versions of the manifest', () => {
    const lock = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { dependencies?: unknown; version?: string }>
    }
    expect(lock.packages['']?.dependencies).toEqual(manifest.dependencies)
    expect(lock.packages['']?.version).toBe(manifest.version)
  })

  it('the workflow that CI runs is the one the README gives', () => {
    const commands = read('.ci/run')
      .split('\n')
      .filter((line) => line.startsWith('npm'))
    for (const command of commands) expect(read('README.md')).toContain(command)
    expect(commands.at(-1)).toBe('npm ci && npm test')
    expect(parse(read('examples/trust.yaml'))).toHaveProperty('version', 1)
  })
})
