import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase64Url, encodeBase64Url, isBase64Url } from '../../src/web/base64.ts'
import { runs } from '../support/runs.ts'

describe('base64url', () => {
  it('equals the output of Node and decodes to the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64url')
        expect(encodeBase64Url(bytes)).toBe(text)
        expect([...decodeBase64Url(text)]).toEqual([...bytes])
        expect(isBase64Url(text)).toBe(true)
      }),
    )
  })

  it('TOK-10 has only one spelling for its bytes', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{1,9}$/), (text) => {
        const isOwn = Buffer.from(text, 'base64url').toString('base64url') === text
        expect(isBase64Url(text)).toBe(isOwn)
      }),
      runs(1000),
    )
  })
})
