/** Checks whether the platform can send a value that a rule names. If unsure, the answer is yes. */
import { foldCase } from '../../core/policy/language/fold-case.ts'
import { matchesPattern } from '../../core/policy/language/pattern.ts'
import type { Shape } from '../../core/providers/reference.ts'
import { isOneEditFrom } from '../../web/text/nearest.ts'

/** Undefined if the platform can send the text; otherwise a description of what it sends. */
export function findMismatch(shape: Shape, text: string, isFolded: boolean): string | undefined {
  return fits(shape, text, isFolded ? FOLDED : EXACT) ? undefined : describe(shape)
}

type Comparison = {
  readonly fold: (text: string) => string
  readonly test: (form: RegExp, text: string) => boolean
}

const EXACT: Comparison = { fold: (text) => text, test: (form, text) => form.test(text) }
/** For texts in small letters, which also stand for values with capitals, such as `de` for `DE`. */
const FOLDED: Comparison = {
  fold: foldCase,
  test: (form, text) => new RegExp(form, `${form.flags.replace('i', '')}i`).test(text),
}

function describe(shape: Shape): string {
  return shape.kind === 'one_of' ? shape.values.join(', ') : shape.is
}

function fits(shape: Shape, text: string, { fold, test }: Comparison): boolean {
  const star = text.indexOf('*')
  const isWhole = star === -1
  const begin = isWhole ? text : text.slice(0, star)
  if ('except' in shape && shape.except && test(shape.except, begin)) return false
  if (isWhole && 'whole' in shape && shape.whole && !test(shape.whole, text)) return false
  switch (shape.kind) {
    case 'starts':
      return shape.starts.map(fold).some((start) => {
        if (isWhole) return text.length > start.length && text.startsWith(start)
        return begin.startsWith(start) || start.startsWith(begin)
      })
    case 'starts_otherwise':
      return !shape.never.map(fold).some((start) => begin.startsWith(start))
    case 'characters':
      if (isWhole && shape.whole !== undefined) return true
      return [...text].every((character) => character === '*' || test(shape.one, character))
    case 'path':
      return fitsPath(text, shape, test)
    case 'one_of': {
      const values = shape.values.map(fold)
      if (values.includes(text)) return true
      if (!isWhole)
        return (
          shape.isOpen ||
          values.some((value) => matchesPattern({ source: text, prefix: begin }, value))
        )
      return (
        shape.isOpen &&
        !isListOf(values, text) &&
        !values.some((value) => isSpellingOf(value, text))
      )
    }
  }
}

/** `**` matches any number of names. */
function fitsPath(
  text: string,
  { least, most, name }: Extract<Shape, { kind: 'path' }>,
  test: Comparison['test'],
): boolean {
  const names = text.split('/')
  const crosses = text.includes('**')
  const plain = names.filter((one) => one !== '' && !one.includes('*'))
  if (name !== undefined && !plain.every((one) => test(name, one))) return false
  if (names.some((name) => name === '') && !crosses) return false
  if (!crosses) return names.length >= least && names.length <= most
  return names.length <= most && !text.startsWith('/') && !text.endsWith('/')
}

/**
 * Whether the text is probably a misspelling of the value, such as `Pull-Request` for `pull_request` or
 * `psuh` for `push`. A longer text may be another name, such as `previews` or `production2`.
 */
function isSpellingOf(value: string, text: string): boolean {
  const [meant, written] = [lettersOf(value), lettersOf(text)]
  if (meant === written) return true
  const isShort = meant.length < SHORTEST_MISSPELT || text.length > value.length
  return !isShort && isOneEditFrom(written, meant)
}

/** Whether the text is a list of known values, such as `push, workflow_dispatch`. */
function isListOf(values: readonly string[], text: string): boolean {
  const parts = text.split(/[\s,|]+/)
  return parts.length > 1 && parts.every((part) => values.includes(part))
}

/** Shorter names, such as `ui` and `api`, are one letter apart by chance. */
const SHORTEST_MISSPELT = 4

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z]/g, '')
}
