import { describe, expect, it } from 'vitest'
import { readHeader } from '../../../src/core/evidence/read-header.ts'
import { MAX_REMEMBERED_HEADERS, REMEMBERED_HEADER_CHARACTERS } from '../../../src/core/limits.ts'

const encode = (header: object) => Buffer.from(JSON.stringify(header)).toString('base64url')

describe('the header of a token', () => {
  it('is read once for the same text', () => {
    const text = encode({ alg: 'RS256', kid: 'again' })
    const first = readHeader(text)
    expect(first).toEqual({ ok: true, value: { alg: 'RS256', kid: 'again' } })
    expect(readHeader(text)).toBe(first)
  })

  it('differs for another text', () => {
    expect(readHeader(encode({ kid: 'one' }))).toMatchObject({ value: { kid: 'one' } })
    expect(readHeader(encode({ kid: 'two' }))).toMatchObject({ value: { kid: 'two' } })
  })

  it('is not remembered if it is not one well-formed object', () => {
    const text = Buffer.from('{"alg":"RS256","alg":"none"}').toString('base64url')
    const first = readHeader(text)
    expect(first).toEqual({ ok: false, error: 'json_repeated_member' })
    expect(readHeader(text)).not.toBe(first)
  })

  it('is not remembered if it is long', () => {
    const text = encode({ kid: 'x'.repeat(REMEMBERED_HEADER_CHARACTERS) })
    expect(readHeader(text)).not.toBe(readHeader(text))
  })

  it('is forgotten after many others, so that callers cannot fill the memory', () => {
    const text = encode({ kid: 'early' })
    const first = readHeader(text)
    for (let index = 0; index < MAX_REMEMBERED_HEADERS; index += 1) {
      readHeader(encode({ kid: `other-${index}` }))
    }
    expect(readHeader(text)).toEqual(first)
    expect(readHeader(text)).not.toBe(first)
  })
})
