/**
 * Habits of the repository that no tool checks: the size of files and folders, opening comments,
 * names, and tests that are left out. Imports are checked by TypeScript and Biome: see
 * walls.test.ts.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const MAX_LINES = 300

function listFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
    .map((path) => join(folder, path))
}

const files = listFiles('src')

test('every file opens by saying what it is for and stays under the wall', () => {
  const faults = [...files, ...listFiles('scripts'), ...listFiles('action/src')].flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8').replace(/^#!.*\n/, '')
    const lines = source.split('\n').length
    return [
      ...(source.startsWith('/**') ? [] : [`${file}: no opening comment`]),
      ...(lines > MAX_LINES ? [`${file}: ${lines} lines`] : []),
    ]
  })
  expect(faults).toEqual([])
})

test('an index stands only at a door and at the provider registry', () => {
  const doors = [
    'client',
    'verify',
    'gateway',
    'dev',
    'worker',
    'analysis',
    'core/providers',
    'core/grants',
  ]
  const faults = files
    .filter((file) => file.endsWith('/index.ts'))
    .filter((file) => !doors.includes(file.slice('src/'.length, -'/index.ts'.length)))
  expect(faults).toEqual([])
})

test('no file is named after nothing', () => {
  const empty = /(?:^|[-/])(utils?|helpers?|common|misc|manager|service|impl)(?:[-./]|$)/
  const named = [...files, ...listFiles('action/src')]
  expect(named.filter((file) => empty.test(file))).toEqual([])
})

test('no test is skipped or runs alone', () => {
  const faults = listFiles('test').filter((file) =>
    /\b(?:test|it|describe)\.(?:skip|only|todo)\b/.test(readFileSync(join(root, file), 'utf8')),
  )
  expect(faults).toEqual([])
})
