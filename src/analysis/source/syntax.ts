/** The syntax errors of a trust file: which of them to report, and in which words. */
import type { Document } from 'yaml'
import { codePointOf } from '../../web/text/control-characters.ts'

type Fault = Document['errors'][number] | Document['warnings'][number]
export type SyntaxFault = { readonly offset: number; readonly message: string }

/** By code, and by message where one code has several meanings. */
const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['DUPLICATE_KEY', 'duplicate key'],
  ['RESOURCE_EXHAUSTION', 'is nested too deeply'],
  ['MULTIPLE_DOCS', 'a second document begins here: a file must contain only one document'],
  ['TAG_RESOLVE_FAILED', 'has a tag that does not give a JSON value: remove the tag'],
  ['TAB_AS_INDENT', 'a tab indents this line: use spaces'],
  [
    'BLOCK_AS_IMPLICIT_KEY',
    'a value has a key of its own: put a text that contains ": " in quotes, or correct the indentation',
  ],
  ['MULTILINE_IMPLICIT_KEY', 'has no key: write a colon and a space after each key'],
  [
    'Implicit map keys need to be followed by map values',
    'has no value: write a colon and a space after each key',
  ],
  [
    'Sequence item without - indicator',
    'is indented like an entry of the list above, but does not begin with "- "',
  ],
  ['All mapping items must start at the same column', 'keys of one object begin in one column'],
  [
    'Flow sequence in block collection must be sufficiently indented and end with a ]',
    'a list that begins with [ does not end with ] before this place',
  ],
  [
    'Flow map in block collection must be sufficiently indented and end with a }',
    'an object that begins with { does not end with } before this place',
  ],
  ['Missing closing "quote', 'a text that begins with a quotation mark has no closing one'],
  ["Missing closing 'quote", 'a text that begins with a quotation mark has no closing one'],
])

/** By how a message begins. Other messages are shown unchanged. */
const SENTENCES_BY_START: readonly (readonly [string, string])[] = [
  [
    'Unexpected scalar at node end',
    "goes on after a value has ended: put the whole text in quotes, and write '' for ' in '…'",
  ],
  [
    'Unexpected scalar token',
    'a key goes on after its quotation mark: put the whole key in quotes',
  ],
  ['Invalid escape sequence', 'has an unknown escape: write \\\\ for \\, or use single quotes'],
  [
    'Block scalar header includes extra characters',
    'a text of several lines begins on the line after > or |',
  ],
  [
    'Unexpected block-seq-ind on same line with key',
    'a list with "- " begins on a line of its own: write [a, b] for a list in one line',
  ],
  ['Unknown directive', 'a text that begins with % must be in quotes'],
  ['Unexpected flow-', 'closes a list or an object that was not opened'],
  ['Unexpected , in flow', 'has a comma without a value before it'],
  [
    'Block collections are not allowed within flow',
    'a value has a key of its own: put a text that contains ": " in quotes',
  ],
]

/** Faults after which the rest of the file is still read as the author meant it. */
const INDEPENDENT: ReadonlySet<string> = new Set([
  'DUPLICATE_KEY',
  'TAG_RESOLVE_FAILED',
  'MULTIPLE_DOCS',
])

/** Characters that look like a space or like nothing, and that YAML reads as a part of a text. */
const LIKE_A_SPACE = /[\u00a0\u2000-\u200b\u202f\u2060\u3000\ufeff]/

/**
 * Returns the independent faults, and the first of the others: one wrong indentation causes several,
 * and only the first has the place of the mistake.
 */
export function listSyntaxFaults(
  { errors, warnings }: Pick<Document, 'errors' | 'warnings'>,
  text: string,
): readonly SyntaxFault[] {
  const faults: readonly Fault[] = [...errors, ...warnings].toSorted((a, b) => a.pos[0] - b.pos[0])
  const first = faults.find(({ code }) => !INDEPENDENT.has(code))
  return faults
    .filter((fault) => fault === first || INDEPENDENT.has(fault.code))
    .map((fault) => ({ offset: fault.pos[0], message: describe(fault, text) }))
}

function describe({ code, message, pos: [offset] }: Fault, text: string): string {
  const isStart = code === 'BAD_SCALAR_START' || code === 'BAD_ALIAS'
  const sentence = isStart
    ? `a text that begins with ${text[offset]} must be in quotes`
    : (SENTENCES.get(code) ?? SENTENCES.get(message) ?? findByStart(message) ?? message)
  const [line = ''] = text.slice(text.lastIndexOf('\n', offset - 1) + 1).split('\n', 1)
  const [space] = LIKE_A_SPACE.exec(line) ?? []
  if (space === undefined || INDEPENDENT.has(code)) return sentence
  return `${sentence}; the line has ${codePointOf(space)}, which is not a space: replace it`
}

function findByStart(message: string): string | undefined {
  return SENTENCES_BY_START.find(([start]) => message.startsWith(start))?.[1]
}
