/**
 * Rules of the repository that no tool checks: the size of files and folders, opening comments and
 * their width, names, and skipped tests. TypeScript and Biome check imports: see walls.test.ts.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const MAX_LINES = 300
const MAX_FILES = 14
/** Biome formats code to 100 columns, but wraps no comment. */
const MAX_COMMENT_COLUMNS = 108

function listFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
    .map((path) => join(folder, path))
}

const read = (file: string) => readFileSync(join(root, file), 'utf8')

const files = listFiles('src')
const folders = [...new Set(files.map((file) => relative('src', dirname(file))))].sort()

test('every file opens with a comment', () => {
  const commented = [...files, ...listFiles('scripts'), ...listFiles('action/src')]
  const opens = (file: string) =>
    read(file)
      .replace(/^#!.*\n/, '')
      .startsWith('/**')
  expect(commented.filter((file) => !opens(file))).toEqual([])
})

test(`no comment line has more than ${MAX_COMMENT_COLUMNS} columns, except URLs`, () => {
  const commented = ['src', 'test', 'scripts', 'action/src', 'examples'].flatMap(listFiles)
  const faults = commented.flatMap((file) =>
    read(file)
      .split('\n')
      .map((line, index) => ({ line, place: `${file}:${index + 1}` }))
      .filter(({ line }) => line.length > MAX_COMMENT_COLUMNS)
      .filter(({ line }) => /^\s*(?:\/\/|\/\*|\*)/.test(line) && !/\/\/ https:\S+$/.test(line))
      .map(({ place }) => place),
  )
  expect(faults).toEqual([])
})

test(`no file has more than ${MAX_LINES} lines`, () => {
  const limited = ['src', 'test', 'scripts', 'action/src', 'examples'].flatMap(listFiles)
  const lineCount = (file: string) => read(file).trimEnd().split('\n').length
  expect(limited.filter((file) => lineCount(file) > MAX_LINES)).toEqual([])
})

test(`no folder of src has more than ${MAX_FILES} files, except providers`, () => {
  const faults = folders
    .filter((folder) => !folder.startsWith('core/providers'))
    .filter((folder) => {
      const entries = readdirSync(join(root, 'src', folder), { withFileTypes: true })
      return entries.filter((entry) => entry.isFile()).length > MAX_FILES
    })
  expect(faults).toEqual([])
})

test('src/README.md describes each folder', () => {
  const rows = read('src/README.md').matchAll(/^\| `([^`]+)` \| [^|]{10,} \| [^|]+ \|$/gm)
  expect(Array.from(rows, ([, folder]) => folder)).toEqual(folders)
})

test('only entry points, providers and grants have an index file', () => {
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

test('no file has a generic name', () => {
  const empty = /(?:^|[-/])(utils?|helpers?|common|misc|manager|service|impl)(?:[-./]|$)/
  const named = [...files, ...listFiles('action/src')]
  expect(named.filter((file) => empty.test(file))).toEqual([])
})

test('no test is skipped or exclusive', () => {
  const faults = listFiles('test').filter((file) =>
    /\b(?:test|it|describe)\.(?:skip|only|todo)\b/.test(read(file)),
  )
  expect(faults).toEqual([])
})
