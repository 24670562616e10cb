import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../action/support/runner.ts'
import { VERSION } from './support/platform.ts'

/** The files that users copy. Each names the version that they will run. */
const files = ['ci', 'examples/github-actions', 'action/README.md', 'docs/github-actions.md']
  .flatMap((path) => {
    if (statSync(join(root, path)).isFile()) return [path]
    const names = readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
    return names.map((name) => join(path, name))
  })
  .filter((path) => statSync(join(root, path)).isFile())

const NAMED = /(?:edgemint|exchange|action)@v?(\d+\.\d+\.\d+)|^\s+default: (\d+\.\d+\.\d+)$/gm

test('every file that users copy names the same version', () => {
  const named = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(NAMED)].map(([, first, second]) => {
      return `${file}: ${first ?? second}`
    }),
  )
  expect(named.filter((line) => !line.endsWith(`: ${VERSION}`))).toEqual([])
  // Five templates, seven workflows, two pages.
  expect(new Set(named.map((line) => line.split(': ')[0])).size).toBe(14)
})

test('the version is that of the package or newer', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string
  }
  const rank = (text: string) => text.split('.').reduce((sum, part) => sum * 1000 + Number(part), 0)
  expect(rank(VERSION)).toBeGreaterThanOrEqual(rank(version))
})
