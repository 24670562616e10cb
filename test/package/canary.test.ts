/**
 * Searches the committed files for the canary. A snapshot, a vector or a page made from test output
 * could contain it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { expect, it } from 'vitest'
import { seeCanary } from '../support/canary/canary.ts'

const root = join(import.meta.dirname, '../..')
const NOT_OURS = new Set(['node_modules', '.git', '.wrangler'])
const BUILT = 'dist'

/** Lists every file of the repository, and the output of the builds. */
function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? listFiles(path) : entry.isFile() ? [path] : []
  })
}

it('LOG-01 KEY-12 only the file that defines the canary contains it', () => {
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
