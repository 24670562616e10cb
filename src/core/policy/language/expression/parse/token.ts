/** Splits an expression into its tokens. Blanks and comments lie between them. */
import { type ExpressionFault, syntaxFaultAt } from '../fault.ts'
import type { Literal } from '../syntax.ts'
import { matchAt } from './match.ts'
import { readNumber } from './number.ts'
import { readText } from './text.ts'

export type Token = {
  /** `literal`, `name`, `end`, or the text of an operator. */
  readonly kind: string
  readonly text: string
  readonly start: number
  readonly end: number
  /** The value of a literal. */
  readonly value: Literal
}

const BLANK = /[ \t\r\n]+/y
/** Each of the line ends of the specification ends a comment: LF, CR and CRLF. */
const COMMENT = /\/\/[^\r\n]*/y
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y
const OPERATOR = /==|!=|<=|>=|&&|\|\||[-+*/%<>!()[\]{}.,:?]/y

const WORDS: ReadonlyMap<string, Literal> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
])

/** The first token at or after an index. @throws {ExpressionFault} */
export function readToken(source: string, from: number): Token {
  const start = skipBlanks(source, from)
  const token = (kind: string, end: number, value: Literal = null): Token => ({
    kind,
    text: source.slice(start, end),
    start,
    end,
    value,
  })
  if (start === source.length) return token('end', start)
  const literal = readNumber(source, start) ?? readText(source, start)
  if (literal !== undefined) return token('literal', literal.end, literal.value)
  const [word] = matchAt(WORD, source, start)
  if (word !== undefined) {
    const value = WORDS.get(word)
    if (value !== undefined) return token('literal', start + word.length, value)
    return token(word === 'in' ? 'in' : 'name', start + word.length)
  }
  const [operator] = matchAt(OPERATOR, source, start)
  if (operator !== undefined) return token(operator, start + operator.length)
  throw unexpectedCharacter(source, start)
}

function skipBlanks(source: string, from: number): number {
  let index = from
  for (;;) {
    const [blank] = matchAt(BLANK, source, index)
    const [skipped] = blank === undefined ? matchAt(COMMENT, source, index) : [blank]
    if (skipped === undefined) return index
    index += skipped.length
  }
}

/** Operators of other languages, with what to write instead. */
const CEL_WORDS: Readonly<Record<string, string>> = {
  '=': '==',
  and: '&&',
  or: '||',
  '&': '&&',
  '|': '||',
}

/** What CEL has in place of an operator of another language. */
export function adviseOperator(text: string): string | undefined {
  return Object.hasOwn(CEL_WORDS, text) ? `CEL writes ${CEL_WORDS[text]}` : undefined
}

function unexpectedCharacter(source: string, index: number): ExpressionFault {
  const [character = ''] = source.slice(index, index + 2)
  const found = /^[\x21-\x7e]$/.test(character) ? character : `character ${character}`
  return syntaxFaultAt({ source, index }, `unexpected ${found}`, adviseOperator(character))
}
