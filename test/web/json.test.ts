import { describe, expect, it } from 'vitest'
import { isJsonObject, readMember } from '../../src/web/json.ts'

describe('a JSON object', () => {
  it.each([{}, { a: 1 }, JSON.parse('{"__proto__":1}')])('is %j', (value) => {
    expect(isJsonObject(value)).toBe(true)
  })

  it.each([null, undefined, [], [{}], 'text', 1, true])('is not %j', (value) => {
    expect(isJsonObject(value)).toBe(false)
  })

  it('has only its own members', () => {
    expect(readMember({ a: 1 }, 'a')).toBe(1)
    for (const name of ['constructor', 'toString', '__proto__']) {
      expect(readMember({}, name), name).toBeUndefined()
    }
  })
})
