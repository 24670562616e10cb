import { describe, expect, it } from 'vitest'
import { isScopeToken, parseScopes, splitScopes } from '../../src/protocol/scope.ts'

describe('one scope (RFC 6749 §3.3)', () => {
  it.each(['deploy', 'deploy:write', 'a/b.c', '!', '#', '[', ']', '~'])('may be %j', (text) => {
    expect(isScopeToken(text)).toBe(true)
  })

  it.each(['', ' ', 'a b', 'a"', 'a\\b', 'a\n', 'ä', 'a\x7f', 'a\0'])('may not be %j', (text) => {
    expect(isScopeToken(text)).toBe(false)
  })
})

describe('requested scopes', () => {
  it('are separated by one space, and each counts once', () => {
    expect(parseScopes('b a b')).toEqual(['b', 'a'])
  })

  it.each(['', ' a', 'a ', 'a  b', 'a\tb', 'a "b"'])('are malformed in %j', (text) => {
    expect(parseScopes(text)).toBeUndefined()
  })
})

describe('the scopes of an answer', () => {
  it('may have extra spaces', () => {
    expect(splitScopes(' a  b ')).toEqual(['a', 'b'])
    expect(splitScopes('')).toEqual([])
  })
})
