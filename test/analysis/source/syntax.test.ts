/** What is said of a trust file that is not the YAML that its author meant. */
import { describe, expect, it } from 'vitest'
import { parseTrustFile } from '../../../src/analysis/source/in-house.ts'

function faultsOf(text: string): readonly string[] {
  const file = parseTrustFile('trust.yaml', new TextEncoder().encode(text))
  return file.ok
    ? []
    : file.error.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

describe('a syntax error', () => {
  it.each([
    {
      name: 'a tab',
      text: 'a:\n  b: 1\n\tc: 2\n  d: 3\n',
      fault: '3:1 a tab indents this line: use spaces',
    },
    {
      name: 'a text with a colon',
      text: 'description: Deploy: the job\n',
      fault:
        '1:14 a value has a key of its own: put a text that contains ": " in quotes, or correct the indentation',
    },
    {
      name: 'a key that is indented less than the next',
      text: 'grant:\n  resource: a\n   scopes: [b]\n  lifetime: 10m\n',
      fault:
        '2:13 a value has a key of its own: put a text that contains ": " in quotes, or correct the indentation',
    },
    {
      name: 'a key that is indented more than its list, and less than its entry',
      text: 'rules:\n  - name: a\n   owner: b\n',
      fault: '3:1 is indented like an entry of the list above, but does not begin with "- "',
    },
    {
      name: 'a colon without a space',
      text: 'version:1\nrules: []\n',
      fault: '1:1 has no key: write a colon and a space after each key',
    },
    {
      name: 'a no-break space after a colon',
      text: 'version: 1\nowner:\u00a0b\nrules: []\n',
      fault:
        '2:1 has no key: write a colon and a space after each key; the line has U+00A0, which is not a space: replace it',
    },
    {
      name: 'a key without a colon',
      text: 'a:\n  b: 1\n  c\n  d: 2\n',
      fault: '3:3 has no value: write a colon and a space after each key',
    },
    {
      name: 'a list without an end',
      text: 'a:\n  b: [push\n  c: 1\n',
      fault: '3:3 a list that begins with [ does not end with ] before this place',
    },
    {
      name: 'an object without an end',
      text: 'a:\n  b: { c: 1\n  d: 1\n',
      fault: '3:3 an object that begins with { does not end with } before this place',
    },
    {
      name: 'a text without an end',
      text: 'a: "x\n',
      fault: '2:1 a text that begins with a quotation mark has no closing one',
    },
    {
      name: 'an at sign',
      text: 'a: @b\n',
      fault: '1:4 a text that begins with @ must be in quotes',
    },
    { name: 'a star', text: 'a: *\n', fault: '1:4 a text that begins with * must be in quotes' },
    {
      name: 'an apostrophe in a text in single quotes',
      text: "a: 'it's'\n",
      fault:
        "1:8 goes on after a value has ended: put the whole text in quotes, and write '' for ' in '…'",
    },
    {
      name: 'a text after a list',
      text: 'a: [x] y\n',
      fault:
        "1:8 goes on after a value has ended: put the whole text in quotes, and write '' for ' in '…'",
    },
    {
      name: 'a text after a quotation mark, within an object',
      text: '{ a: "b" c }\n',
      fault:
        "1:10 goes on after a value has ended: put the whole text in quotes, and write '' for ' in '…'",
    },
    {
      name: 'a key with a quotation mark',
      text: '"a" b: c\n',
      fault: '1:5 a key goes on after its quotation mark: put the whole key in quotes',
    },
    {
      name: 'a path of Windows in double quotes',
      text: 'a: "C:\\q"\n',
      fault: '1:7 has an unknown escape: write \\\\ for \\, or use single quotes',
    },
    {
      name: 'a text on the line of its >',
      text: 'a: >x\n',
      fault: '1:5 a text of several lines begins on the line after > or |',
    },
    {
      name: 'a list on the line of its key',
      text: 'a: - b\n',
      fault:
        '1:4 a list with "- " begins on a line of its own: write [a, b] for a list in one line',
    },
    {
      name: 'a per cent sign',
      text: '%x\n',
      fault: '1:1 a text that begins with % must be in quotes',
    },
    {
      name: 'a bracket that closes nothing',
      text: 'a: ]\n',
      fault: '1:4 closes a list or an object that was not opened',
    },
    {
      name: 'a comma without a value',
      text: 'a: [b,,c]\n',
      fault: '1:7 has a comma without a value before it',
    },
    {
      name: 'a text with a colon within an object',
      text: 'a: { b: c: d }\n',
      fault: '1:9 a value has a key of its own: put a text that contains ": " in quotes',
    },
    {
      name: 'a pattern without quotes',
      text: 'a: { b: *c }\n',
      fault: '1:9 is an alias without an anchor: a text that begins with * must be in quotes',
    },
  ])('$name is reported once, with what to write', ({ text, fault }) => {
    expect(faultsOf(text)).toEqual([fault])
  })

  it('does not hide faults that it did not cause', () => {
    expect(faultsOf('a: 1\na: 2\nb: !x 1\nc: @d\n')).toEqual([
      '2:1 duplicate key',
      '3:4 has a tag that does not give a JSON value: remove the tag',
      '4:4 a text that begins with @ must be in quotes',
    ])
  })

  it.each([
    ['a: 1\rb: 2\r', '1:5'],
    ['a: 1\n# b\rc: 2\n', '2:4'],
    ['{"a": 1,\r"b": 2}', '1:9'],
  ])('%j has a bare carriage return', (text, place) => {
    const message = 'has a carriage return without a line feed: save the file with LF line ends'
    expect(faultsOf(text)).toEqual([`${place} ${message}`])
  })

  it('reads line ends of Windows', () => {
    expect(faultsOf('a: 1\r\nb: 2\r\n')).toEqual([])
  })

  it.each([
    ['little-endian', Buffer.from('version: 1\n', 'utf16le')],
    ['big-endian', Buffer.from('version: 1\n', 'utf16le').swap16()],
    ['little-endian with a mark', Buffer.from('\ufeffversion: 1\n', 'utf16le')],
    ['big-endian with a mark', Buffer.from('\ufeffversion: 1\n', 'utf16le').swap16()],
  ])('says that the file is UTF-16, %s', (_, bytes) => {
    const file = parseTrustFile('trust.yaml', new Uint8Array(bytes))
    expect(file).toMatchObject({
      ok: false,
      error: [{ message: 'is UTF-16 text: save the file as UTF-8' }],
    })
  })
})
