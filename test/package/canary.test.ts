/**
 * The canary of the suite in what is committed: a snapshot, a vector or a page that was made from
 * what a test saw would bring it here.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { expect, it } from 'vitest'
import { seeCanary } from '../support/canary/canary.ts'

const root = join(import.meta.dirname, '../..')
const NOT_OURS = new Set(['node_modules', '.git', '.wrangler'])
const BUILT = 'dist'

/** Every file of the repository, and what the build and the action's build have made. */
function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? listFiles(path) : entry.isFile() ? [path] : []
  })
}

it('LOG-01 KEY-12 the canary is in no file but the one that says what it is', () => {
  const files = listFiles(root).map((path) =>
    path
      .slice(root.length + 1)
      .split(sep)
      .join('/'),
  )
  expect(files.length).toBeGreaterThan(900)
  for (const folder of ['docs', 'test/vectors', 'action', BUILT])
    expect(files.filter((path) => path.startsWith(`${folder}/`)).length).toBeGreaterThan(2)
  const seen = files.filter((path) => seeCanary(readFileSync(join(root, path), 'latin1')))
  expect(seen).toEqual(['test/support/canary/canary.ts'])
})
