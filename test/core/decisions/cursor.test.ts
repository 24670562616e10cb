import { describe, expect, it } from 'vitest'
import { formatDecisionId } from '../../../src/contract/decisions/id.ts'
import { BEFORE_ALL_IDS, formatCursor, parseCursor } from '../../../src/core/decisions/cursor.ts'

const id = formatDecisionId({ shard: 3, at: 70 }, new Uint8Array(9))
const place = { from: 10, to: 90, before: { at: 70, id } }
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const digest = (
  JSON.parse(Buffer.from(formatCursor(place, 'q'), 'base64url').toString()) as string[]
)[1]

describe('a cursor', () => {
  it('is read as it was written, for the same question', () => {
    expect(parseCursor(formatCursor(place, 'q'), 'q')).toEqual({ ok: true, value: place })
    const between = { ...place, before: { at: 71, id: BEFORE_ALL_IDS } }
    expect(parseCursor(formatCursor(between, 'q'), 'q')).toEqual({ ok: true, value: between })
  })

  it('is refused for another question', () => {
    const read = parseCursor(formatCursor(place, 'q'), 'r')
    expect(read).toEqual({ ok: false, error: 'other_question' })
  })

  it.each([
    ['a later start', 11, 90],
    ['an earlier start', 0, 90],
    ['another end', 10, 91],
    ['a start after its end', 91, 90],
  ])('is refused with %s: an answer would miss decisions, or have too many', (_, from, to) => {
    const read = parseCursor(encode([1, digest, from, to, 70, id]), 'q')
    expect(read).toEqual({ ok: false, error: 'other_question' })
  })

  it.each([
    ['no base64url', 'a b'],
    ['no JSON', 'AAAA'],
    ['no list', encode({})],
    ['another version', encode([2, digest, 10, 90, 70, id])],
    ['a time that is no whole number', encode([1, digest, 10, 90.5, 70, id])],
    ['a negative time', encode([1, digest, -1, 90, 70, id])],
    ['an id of another time', encode([1, digest, 10, 90, 71, id])],
    ['no id', encode([1, digest, 10, 90, 70, 'x'])],
    ['a longer list', encode([1, digest, 10, 90, 70, id, 1])],
    ['too long a text', encode([1, digest, 10, 90, 70, id]).padEnd(401, 'A')],
  ])('is refused with %s', (_, text) => {
    expect(parseCursor(text, 'q')).toEqual({ ok: false, error: 'malformed' })
  })
})
