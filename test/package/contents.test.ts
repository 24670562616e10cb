/** The files of `npm i edgemint`: the built files and their pages. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, test } from 'vitest'
import { manifest, type Packed, pack, root } from './support/project.ts'

/** About a third above the current size. A stray folder exceeds it, a new feature does not. */
const MAX_PACKED_BYTES = 2496 * 1024
const MAX_UNPACKED_BYTES = 8192 * 1024
const MAX_FILES = 2560

let packed: Packed
let paths: readonly string[]

beforeAll(async () => {
  packed = await pack(root)
  paths = packed.files.map(({ path }) => path)
})

const read = (path: string) => readFileSync(join(root, path), 'utf8')

describe('the package', () => {
  it('contains only the built files and their pages', () => {
    const pages = [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'package.json',
      'wrangler.toml',
    ]
    const deploy = ['Containerfile', 'edgemint.service', 'nginx.conf'].map(
      (name) => `deploy/${name}`,
    )
    const others = paths.filter((path) => !path.startsWith('dist/')).toSorted()
    expect(others).toEqual([...pages, ...deploy].toSorted())
    const built = paths.filter((path) => path.startsWith('dist/'))
    expect(
      built.filter(
        (path) =>
          !/\.(js|d\.ts|json)$|\/THIRD_PARTY_NOTICES\.txt$|^dist\/assets\/console\/.*\.(css|html)$/.test(
            path,
          ),
      ),
    ).toEqual([])
    // No code imports the command line, so its types are not needed.
    expect(built.filter((path) => /^dist\/cli\/.*\.d\.ts$/.test(path))).toEqual([])
    expect(
      built.filter((path) => /tsbuildinfo|\.map$|\.test\.|^dist\/test|scripts/.test(path)),
    ).toEqual([])
  })

  it('contains the notices of the Worker and of the console', () => {
    expect(paths).toContain('dist/bundle/THIRD_PARTY_NOTICES.txt')
    expect(paths).toContain('dist/assets/console/THIRD_PARTY_NOTICES.txt')
  })

  it('contains no output without a source (to fix: remove dist and build again)', () => {
    const made = new Set([
      'dist/bundle/index.js',
      'dist/bundle/THIRD_PARTY_NOTICES.txt',
      'dist/assets/openapi.json',
      'dist/assets/trust.schema.json',
      'dist/openapi.json',
      'dist/trust.schema.json',
    ])
    const orphans = paths
      .filter((path) => path.startsWith('dist/') && !made.has(path))
      // Made by the build, which empties the folder first.
      .filter((path) => !path.startsWith('dist/assets/'))
      .filter((path) => {
        const source = path.replace(/^dist/, 'src').replace(/(\.d\.ts|\.js|\.json)$/, '')
        return !['.ts', '.tsx', '.json'].some((suffix) => existsSync(join(root, source + suffix)))
      })
    expect(orphans).toEqual([])
  })

  it('is small', () => {
    expect(packed.size).toBeLessThan(MAX_PACKED_BYTES)
    expect(packed.unpackedSize).toBeLessThan(MAX_UNPACKED_BYTES)
    expect(packed.files.length).toBeLessThan(MAX_FILES)
  })

  it('contains every file that an export or a command names', () => {
    const doors = Object.values(manifest.exports).map((target) => target.replace(/^\.\//, ''))
    for (const target of doors) {
      expect(paths).toContain(target)
      if (target.endsWith('.js')) expect(paths).toContain(target.replace(/\.js$/, '.d.ts'))
    }
    for (const target of Object.values(manifest.bin)) {
      expect(paths).toContain(target)
      expect(read(target)).toMatch(/^#!\/usr\/bin\/env node\n/)
      const file = packed.files.find(({ path }) => path === target)
      expect((file?.mode ?? 0) & 0o111).toBe(0o111)
    }
  })

  it('names its repository, because its pages link to files that only the repository has', () => {
    const linked = [...read('README.md').matchAll(/\]\(([a-z][\w./-]+)/g)].map(
      ([, path = '']) => path,
    )
    expect(linked.filter((path) => !paths.includes(path) && !/^https?/.test(path))).not.toEqual([])
    const url = 'git+https://github.com/edgemint/edgemint.git'
    expect(manifest.repository).toEqual({ type: 'git', url })
  })

  it('has only its listed dependencies', () => {
    expect(Object.keys(manifest.dependencies).toSorted()).toEqual([
      'hono',
      'jose',
      'oauth4webapi',
      'yaml',
      'zod',
    ])
  })
})

describe('no file of the package contains', () => {
  test.each([
    ['a private key in PEM', /-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[A-Za-z0-9+/]{16}/],
    ['a private key in JWK', /"d"\s*:\s*"[\w-]{16,}"/],
    ['a signed token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/],
    ['a GitHub token', /\b(?:gh[opsru]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/],
    ['an npm token', /\bnpm_[A-Za-z0-9]{30,}|_authToken\s*=\s*["']?[\w-]{8}/],
  ])('%s', (_name, pattern) => {
    expect(paths.filter((path) => pattern.test(read(path)))).toEqual([])
  })

  test('a path of the machine that built it', () => {
    const folders = ['src', 'node_modules'].map((name) => join(root, name))
    const holds = (path: string) => folders.some((folder) => read(path).includes(folder))
    expect(paths.filter(holds)).toEqual([])
  })
})
