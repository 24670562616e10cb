/**
 * The walls of the house: who imports whom, which packages each room may use, how large a file may
 * grow, and what the core must never name. docs/architecture.md shows the same table to people.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const MAX_LINES = 300

type Room = { readonly rooms: readonly string[]; readonly packages: readonly RegExp[] }

const ROOMS: Readonly<Record<string, Room>> = {
  web: { rooms: [], packages: [] },
  protocol: { rooms: [], packages: [] },
  // The method syntax of zod brings its generator of JSON Schema into the Worker.
  contract: { rooms: ['protocol', 'web'], packages: [/^zod\/(mini|locales)$/] },
  core: {
    rooms: ['protocol', 'web', 'contract'],
    packages: [/^@marcbachmann\/cel-js$/, /^jose$/, /^zod\/(mini|locales)$/],
  },
  analysis: { rooms: ['protocol', 'web', 'contract', 'core'], packages: [/^zod\/(mini|locales)$/] },
  client: { rooms: ['protocol', 'web'], packages: [] },
  verify: { rooms: ['protocol', 'web'], packages: [/^jose$/] },
  gateway: { rooms: ['protocol', 'web', 'verify'], packages: [/^jose$/] },
  dev: {
    rooms: ['protocol', 'web', 'contract', 'core'],
    packages: [/^jose$/, /^hono(\/|$)/, /^node:/, /^miniflare$/],
  },
  cli: {
    rooms: ['protocol', 'web', 'contract', 'core', 'analysis', 'client', 'dev'],
    packages: [/^node:/, /^yaml$/],
  },
  worker: {
    rooms: ['protocol', 'web', 'contract', 'core'],
    packages: [/^hono(\/|$)/, /^zod\/mini$/, /^cloudflare:workers$/],
  },
}

type Import = { readonly file: string; readonly target: string; readonly isType: boolean }

function listFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
    .map((path) => join(folder, path))
}

const IMPORT = /^\s*(import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'/gm
const DYNAMIC_IMPORT = /\bimport\(\s*'([^']+)'\s*\)/g

function readImports(file: string): Import[] {
  const source = readFileSync(join(root, file), 'utf8')
  const fixed = [...source.matchAll(IMPORT)].map((match) => ({
    file,
    target: match[3] ?? match[4] ?? '',
    isType: match[2] !== undefined,
  }))
  const dynamic = [...source.matchAll(DYNAMIC_IMPORT)].map((match) => ({
    file,
    target: match[1] ?? '',
    isType: false,
  }))
  return [...fixed, ...dynamic]
}

/** `src/core/policy/compile/compile.ts` for a relative import, the name itself for a package. */
function resolveImport({ file, target }: Import): string {
  return target.startsWith('.') ? relative(root, join(root, file, '..', target)) : target
}

const files = listFiles('src')
const imports = files.flatMap(readImports)

test.each(Object.keys(ROOMS))('%s imports only the rooms and packages it may', (name) => {
  const room = ROOMS[name]
  const faults = imports
    .filter(({ file }) => file.startsWith(`src/${name}/`))
    .filter((entry) => {
      const target = resolveImport(entry)
      if (target.startsWith('src/')) {
        const other = target.split('/')[1] ?? ''
        return other !== name && !room?.rooms.includes(other)
      }
      if (entry.file === 'src/verify/doors/hono.ts' && entry.isType && target === 'hono')
        return false
      return !room?.packages.some((allowed) => allowed.test(target))
    })
  expect(faults).toEqual([])
})

test('the GitHub Action uses the client and the Node built-ins alone', () => {
  const faults = listFiles('action/src')
    .flatMap(readImports)
    .filter((entry) => {
      const target = resolveImport(entry)
      return !/^(?:action\/src|src\/client|src\/protocol|src\/web)\/|^node:/.test(target)
    })
  expect(faults).toEqual([])
})

test('nothing imports the worker or the command line', () => {
  const faults = imports.filter((entry) => {
    const target = resolveImport(entry)
    const isInside = (room: string) => entry.file.startsWith(`src/${room}/`)
    return ['worker', 'cli'].some((room) => target.startsWith(`src/${room}/`) && !isInside(room))
  })
  expect(faults).toEqual([])
})

test('grants, evidence, policy and tokens do not call each other', () => {
  const steps = ['grants', 'evidence', 'policy', 'tokens']
  // Claims are read through the identity, wherever that happens.
  const shared = new Set(['src/core/evidence/identity.ts', 'src/core/evidence/strict-json.ts'])
  const faults = imports.filter((entry) => {
    const [, , from] = entry.file.split('/')
    const target = resolveImport(entry)
    const [, , to] = target.split('/')
    if (!entry.file.startsWith('src/core/') || !target.startsWith('src/core/')) return false
    if (entry.isType || shared.has(target) || from === to) return false
    return steps.includes(from ?? '') && steps.includes(to ?? '')
  })
  expect(faults).toEqual([])
})

describe('the core knows no clock, no chance, no network and no platform', () => {
  const forbidden = [
    ['Date.now', /\bDate\.now\b/],
    ['new Date()', /\bnew Date\(\s*\)/],
    ['Math.random', /\bMath\.random\b/],
    ['fetch', /(?<![.\w])fetch\(/],
    ['console', /\bconsole\./],
    ['process', /\bprocess\./],
    ['timers', /\bset(?:Timeout|Interval)\b/],
  ] as const
  test.each(forbidden)('%s', (_name, pattern) => {
    const faults = listFiles('src/core').filter((file) =>
      pattern.test(readFileSync(join(root, file), 'utf8')),
    )
    expect(faults).toEqual([])
  })
})

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
