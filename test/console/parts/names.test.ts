/** Text of other parties: characters that hide or reorder are shown by their names. */
import { describe, expect, test } from 'vitest'
import { makeVisible, splitUnsafe } from '../../../src/console/parts/names.ts'

test('leaves ordinary text in one piece', () => {
  const text = 'deploy <img src=x> «ü» 漢字 עברית'
  expect(splitUnsafe(text)).toEqual([{ text, isEscaped: false }])
})

describe('names', () => {
  test.each([
    ['a mark that reorders text', '\u202e', 'U+202E'],
    ['an isolate', '\u2067', 'U+2067'],
    ['a space without width', '\u200b', 'U+200B'],
    ['a byte order mark', '\ufeff', 'U+FEFF'],
    ['a line feed', '\n', 'U+000A'],
    ['an escape', '\u001b', 'U+001B'],
    ['a line separator', '\u2028', 'U+2028'],
    ['a lone surrogate', '\ud800', 'U+D800'],
    ['a tag character', '\u{e0041}', 'U+E0041'],
  ])('show the code point in place of %s', (_, character, name) => {
    expect(splitUnsafe(`a${character}b`)).toEqual([
      { text: 'a', isEscaped: false },
      { text: name, isEscaped: true },
      { text: 'b', isEscaped: false },
    ])
  })
})

test('marks the names in text that cannot have markup', () => {
  expect(makeVisible('main\u202egpj')).toBe('main⟨U+202E⟩gpj')
})
