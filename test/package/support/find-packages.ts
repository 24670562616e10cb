/** The packages that a built file loads. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './project.ts'

const IMPORT =
  /^\s*(?:import|export)\b[^'"]*?from\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]/gm
const MINIFIED_IMPORT = /[;}]import\s*(?:[^'"();]*?from)?\s*['"]([^'"]+)['"]/g
const DYNAMIC_IMPORT = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

/** Returns the name of every package that this built file loads, directly or indirectly. */
export function findPackages(entry: string): string[] {
  const seen = new Set([entry])
  const packages = new Set<string>()
  // The loop over a set also visits members that are added during the loop.
  for (const file of seen) {
    if (!file.endsWith('.js')) continue
    const source = readFileSync(join(root, file), 'utf8')
    for (const pattern of [IMPORT, MINIFIED_IMPORT, DYNAMIC_IMPORT]) {
      for (const [, first, second] of source.matchAll(pattern)) {
        const target = first ?? second ?? ''
        if (target.startsWith('.')) seen.add(join(file, '..', target))
        else packages.add(nameOf(target))
      }
    }
  }
  return [...packages].toSorted()
}

/** Returns the package of an import, with its scope. */
function nameOf(target: string): string {
  return target.split('/', target.startsWith('@') ? 2 : 1).join('/')
}
