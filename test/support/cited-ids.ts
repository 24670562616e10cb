/**
 * Reads ids of attacks, requirements, lint rules and posture findings from texts, and from the pages
 * that define them. `CLM-01 to CLM-03` and `CLM-01, -02` cite every id in the range or list.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

const SEPARATOR = ', | and | to |–|…'
const CITATION = new RegExp(
  `(?<![\\w-]|\\b[A-Z]{2}\\.)([A-Z][A-Z0-9]{1,4})-(\\d\\d)((?:(?:${SEPARATOR})(?:\\1)?-\\d\\d)*)(?!\\w|-\\d)`,
  'g',
)
const FURTHER = new RegExp(`(${SEPARATOR})[A-Z0-9]*-(\\d\\d)`, 'g')
const RANGES = [' to ', '–', '…']
/** Other names that look like ids. */
const OTHER_NAMES = ['UTF-16']

export function citedIn(text: string): ReadonlySet<string> {
  const ids = new Set<string>()
  for (const [, family = '', number = '', tail = ''] of text.matchAll(CITATION)) {
    let last = Number(number)
    ids.add(idOf(family, last))
    for (const [, separator = '', next = ''] of tail.matchAll(FURTHER)) {
      const first = RANGES.includes(separator) ? last + 1 : Number(next)
      last = Number(next)
      for (let each = first; each <= last; each += 1) ids.add(idOf(family, each))
    }
  }
  for (const name of OTHER_NAMES) ids.delete(name)
  return ids
}

function idOf(family: string, number: number): string {
  return `${family}-${String(number).padStart(2, '0')}`
}

export type Definition = {
  readonly id: string
  /**
   * The paths in the column before the last: where the attack is stopped or the requirement is met.
   */
  readonly sources: readonly string[]
  /** The paths in the last column. */
  readonly tests: readonly string[]
  /** False for a row among the attacks that do not apply, or the requirements that are not met. */
  readonly applies: boolean
}

export const THREAT_MODEL = 'docs/threat-model.md'
export const CONFORMANCE = 'docs/conformance.md'
export const LINT = 'docs/lint.md'
export const POSTURE = 'docs/posture.md'

const ROW = /^\| ([A-Z][A-Z0-9]+-\d\d) \| (.+) \|$/gm
const PATH = /`([^`]+)`/g
const NOT_APPLICABLE = /\n## (?:Attacks that do not apply|Not met, and why)\n/

/** Returns the rows of one of the two pages, in order. */
export function readDefinitions(page: string): readonly Definition[] {
  const [applicable = '', others = ''] = readPage(page).split(NOT_APPLICABLE)
  return [
    ...rowsOf(applicable).map((row) => ({ ...row, applies: true })),
    ...rowsOf(others).map(({ id }) => ({ id, sources: [], tests: [], applies: false })),
  ]
}

function rowsOf(text: string): readonly Omit<Definition, 'applies'>[] {
  return [...text.matchAll(ROW)].map(([, id = '', rest = '']) => {
    const cells = rest.split(' | ')
    return { id, sources: pathsOf(cells.at(-2)), tests: pathsOf(cells.at(-1)) }
  })
}

function pathsOf(cell = ''): readonly string[] {
  return [...cell.matchAll(PATH)].map(([, path = '']) => path)
}

/** Returns the ids in the headings of docs/lint.md. */
export function readLintIds(): readonly string[] {
  return [...readPage(LINT).matchAll(/^## (LINT-\d\d)\b/gm)].map(([, id = '']) => id)
}

/** Returns the ids in the headings of docs/posture.md. */
export function readPostureIds(): readonly string[] {
  return [...readPage(POSTURE).matchAll(/^### (POS-\d\d)$/gm)].map(([, id = '']) => id)
}

function readPage(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}
