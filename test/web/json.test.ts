import { describe, expect, it } from 'vitest'
import {
  countMembers,
  findRepeatedMember,
  isJsonObject,
  readMember,
  scanMembers,
} from '../../src/web/json.ts'

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

describe('a repeated member', () => {
  const repeated: readonly (readonly [string, string, readonly (string | number)[]])[] = [
    ['at the top', '{"a":1,"b":2,"a":3}', ['a']],
    ['with the same value', '{"a":1,"a":1}', ['a']],
    ['in an object', '{"a":{"b":1,"b":2}}', ['a', 'b']],
    ['in a list', '{"a":[1,[],{"x":0},{"b":1,"b":2}]}', ['a', 3, 'b']],
    ['in a list of lists', '[[0,{"c":[0,0]}],[0,[{"b":1,"b":2}]]]', [1, 1, 0, 'b']],
    ['after an object with the same names', '{"a":{"a":1},"b":{"a":1},"b":0}', ['b']],
    ['with an escape', String.raw`{"kind":1,"k\u0069nd":2}`, ['kind']],
    ['with an escaped quote', String.raw`{"a\"":1,"b":"\\","a\"":2}`, ['a"']],
    ['without characters', '{"":1,"":2}', ['']],
    ['named __proto__', '{"__proto__":1,"__proto__":2}', ['__proto__']],
    ['beyond ASCII', '{ "ключ" : 1 , "ключ" : 2 }', ['ключ']],
    ['with a long name', `{"${'a'.repeat(99)}":1,"${'a'.repeat(99)}":2}`, ['a'.repeat(64)]],
  ]
  it.each(repeated)('is found %s', (_, text, path) => {
    expect(findRepeatedMember(text)).toEqual(path)
    const { members } = scanMembers(new TextEncoder().encode(text))
    expect(countMembers(JSON.parse(text))).toBeLessThan(members)
  })

  it.each([
    '1',
    '"a:a"',
    '[]',
    '{}',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":"{\\"b\\":1,\\"b\\":2}"}',
    '{"a":"\\\\","b":":","A":1}',
    `{"${'a'.repeat(99)}":1,"${'a'.repeat(98)}":2}`,
  ])('is not found in %s', (text) => {
    expect(() => JSON.parse(text)).not.toThrow()
    expect(findRepeatedMember(text)).toBeUndefined()
  })
})
