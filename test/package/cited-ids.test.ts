/** Each cited id is defined on one page, with files that exist and cite it. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  CONFORMANCE,
  citedIn,
  LINT,
  POSTURE,
  readDefinitions,
  readLintIds,
  readPostureIds,
  THREAT_MODEL,
} from '../support/cited-ids.ts'
import { root } from './support/project.ts'

const ROOMS = '{src,test,scripts,action,ci,docs,examples,deploy}/**/*.{ts,md,json,yml,yaml,toml,sh}'
/** Built files, and this file, whose ids are examples. */
const LEFT_OUT = ['action/dist/', 'test/package/cited-ids.test.ts']
const PAGES = [THREAT_MODEL, CONFORMANCE, LINT, POSTURE]

const files = globSync([ROOMS, '*.{md,toml,json,ts}'], { cwd: root })
  .filter((path) => !LEFT_OUT.some((start) => path.startsWith(start)) && !/node_modules/.test(path))
  .toSorted()
const citations = new Map(
  files.map((path) => [path, citedIn(readFileSync(join(root, path), 'utf8'))]),
)
const rows = [THREAT_MODEL, CONFORMANCE].flatMap((page) =>
  readDefinitions(page).map((definition) => ({ page, ...definition })),
)
const defined = [...rows.map(({ id }) => id), ...readLintIds(), ...readPostureIds()]

describe('the ids that the repository cites', () => {
  it('are all defined', () => {
    const known = new Set(defined)
    const faults = [...citations].flatMap(([path, ids]) =>
      [...ids].filter((id) => !known.has(id)).map((id) => `${path}: ${id}`),
    )
    expect(faults).toEqual([])
  })

  it('are defined once', () => {
    expect(defined.filter((id, index) => defined.indexOf(id) !== index)).toEqual([])
  })

  it('are cited outside the pages that define them, unless they are not met', () => {
    const elsewhere = new Set(
      [...citations].flatMap(([path, ids]) => (PAGES.includes(path) ? [] : [...ids])),
    )
    const notMet = rows.filter(({ page, applies }) => page === CONFORMANCE && !applies)
    const isNotMet = (id: string) => notMet.some((row) => row.id === id)
    expect(defined.length).toBeGreaterThan(350)
    expect(defined.filter((id) => elsewhere.has(id) === isNotMet(id))).toEqual([])
  })
})

describe.each([THREAT_MODEL, CONFORMANCE])('%s', (page) => {
  const own = rows.filter((row) => row.page === page)
  const applicable = own.filter(({ applies }) => applies)

  it('names a source and a test for each id that applies', () => {
    const faults = applicable.filter(({ sources, tests }) => !sources.length || !tests.length)
    expect(faults.map(({ id }) => id)).toEqual([])
  })

  it('names files that exist', () => {
    const faults = own.flatMap(({ id, sources, tests }) =>
      [...sources, ...tests]
        .filter((path) => !existsSync(join(root, path)))
        .map((path) => `${id}: ${path}`),
    )
    expect(faults).toEqual([])
  })

  it('names tests that cite the id', () => {
    const faults = own.flatMap(({ id, tests }) =>
      tests
        .filter((path) => !path.startsWith('test/') || !citations.get(path)?.has(id))
        .map((path) => `${id}: ${path}`),
    )
    expect(faults).toEqual([])
  })
})

describe('a citation', () => {
  const texts: readonly (readonly [string, string, readonly string[]])[] = [
    ['in a sentence', 'a token could be replayed (CLM-07).', ['CLM-07']],
    ['of several ids', 'TOK-01 AV-08 and K8-03', ['TOK-01', 'AV-08', 'K8-03']],
    ['of a range', 'CLM-01 to CLM-03', ['CLM-01', 'CLM-02', 'CLM-03']],
    ['of a range by a dash', 'CLM-01–CLM-03', ['CLM-01', 'CLM-02', 'CLM-03']],
    ['of a list without families', 'CLM-01, -02 and -09', ['CLM-01', 'CLM-02', 'CLM-09']],
    ['of a list and a range', 'CLM-01, CLM-04 to -05', ['CLM-01', 'CLM-04', 'CLM-05']],
    ['of two families in a row', 'CLM-01, TOK-02', ['CLM-01', 'TOK-02']],
    ['of an undefined id', 'ZZZ-99', ['ZZZ-99']],
  ]
  it.each(texts)('%s is read', (_, text, ids) => expect([...citedIn(text)]).toEqual(ids))

  it.each([
    'SHA-256',
    'UTF-8',
    'UTF-16',
    'P-384',
    'BSD-3-Clause',
    'PR.AA-05',
    'ML-DSA-65',
    'AB-12-34',
    'xCLM-07',
  ])('is not %s', (text) => expect([...citedIn(text)]).toEqual([]))
})
