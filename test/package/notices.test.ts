/** Bundles contain code of other packages, so their licences must be with it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { listBundled, renderNotices } from '../../scripts/notices.ts'
import { root } from './support/project.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'notices-'))
afterAll(() => rmSync(folder, { recursive: true }))

const inputs = (...paths: readonly string[]) => ({
  outputs: {
    'out.js': { inputs: Object.fromEntries(paths.map((path) => [path, { bytesInOutput: 1 }])) },
  },
})

describe('the notices of the Worker', () => {
  const notices = read('dist/bundle/THIRD_PARTY_NOTICES.txt')

  it.each(['hono', 'jose', 'zod'])('contain version and licence of %s', (name) => {
    const { version, license } = JSON.parse(read(`node_modules/${name}/package.json`))
    expect(notices).toContain(`${name} ${version} (${license})`)
    const file = name === 'jose' ? 'LICENSE.md' : 'LICENSE'
    expect(notices).toContain(read(`node_modules/${name}/${file}`).trim())
  })
})

describe('the list of bundled packages', () => {
  it('has every package with code in the bundle, by its folder', () => {
    const metafile = inputs(
      'src/main.ts',
      'node_modules/b/index.js',
      'node_modules/b/deep/node_modules/@s/c/x.js',
      'node_modules/@s/a/lib/x.js',
    )
    expect(listBundled(metafile)).toEqual([
      'node_modules/@s/a',
      'node_modules/b',
      'node_modules/b/deep/node_modules/@s/c',
    ])
  })

  it('has no package without code in the bundle', () => {
    const outputs = { 'out.js': { inputs: { 'node_modules/a/x.js': { bytesInOutput: 0 } } } }
    expect(listBundled({ outputs })).toEqual([])
    expect(renderNotices('It', { outputs }, folder)).toBe('It contains no code of third parties.\n')
  })

  it('requires a licence file of each package', () => {
    mkdirSync(join(folder, 'node_modules/a'), { recursive: true })
    writeFileSync(join(folder, 'node_modules/a/package.json'), '{"name":"a","version":"1.0.0"}')
    const metafile = inputs('node_modules/a/x.js')
    expect(() => renderNotices('It', metafile, folder)).toThrow('a has no licence file')
    writeFileSync(join(folder, 'node_modules/a/NOTICE.txt'), 'by A')
    expect(renderNotices('It', metafile, folder)).toContain('a 1.0.0 (see below)\n\nby A\n')
  })
})
