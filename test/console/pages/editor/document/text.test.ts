/** A trust document becomes text and is read again without a change. */
import { describe, expect, it } from 'vitest'
import {
  convertText,
  formatOf,
  hasComments,
  readText,
  writeText,
} from '../../../../../src/console/pages/editor/document/text.ts'

const DOCUMENT = {
  version: 1,
  issuers: { github: { provider: 'github-actions' } },
  resources: { 'https://api.example.com': { scopes: ['deploy:write', 'true', '1'] } },
  rules: [
    {
      name: 'deploy',
      description: 'a: text # with syntax',
      when: {
        repository_id: '0123',
        ref_protected: 'true',
        run: 7,
        '~': 'null',
        n: '1e3',
        o: '0o7',
      },
    },
  ],
}

function readValue(text: string): unknown {
  const read = readText(text)
  return read.ok ? read.value.value : read.error
}

describe('the text of a document', () => {
  it.each(['yaml', 'json'] as const)('is read again without a change as %s', (format) => {
    const text = writeText(DOCUMENT, format)
    expect(formatOf(text)).toBe(format)
    expect(readValue(text)).toEqual(DOCUMENT)
  })

  it('never folds a line and never writes an alias', () => {
    const when = { repository: 'x'.repeat(200) }
    const text = writeText({ rules: [{ when }, { when }] }, 'yaml')
    expect(text).not.toMatch(/[&*]/)
    expect(readValue(text)).toEqual({ rules: [{ when }, { when }] })
  })

  it('changes its format', () => {
    const json = convertText(writeText(DOCUMENT, 'yaml'), 'json') ?? ''
    expect(JSON.parse(json)).toEqual(DOCUMENT)
    expect(readValue(convertText(json, 'yaml') ?? '')).toEqual(DOCUMENT)
  })

  it('keeps its format while it has problems', () => {
    expect(convertText('rules: [', 'json')).toBeUndefined()
  })

  it('says the line and the column of a problem', () => {
    const read = readText('version: 1\nrules:\n  - name: a\n    name: b\n')
    expect(read.ok ? [] : read.error).toMatchObject([
      { line: 4, column: 5, message: 'duplicate key' },
    ])
  })

  it.each([
    ['# of a line\nversion: 1', true],
    ['version: 1 # at the end', true],
    ['version: 1', false],
    ['ref: refs/heads/a#b', false],
    ['{"a": "x # y"}', false],
  ])('knows the comments of %j', (text, expected) => {
    expect(hasComments(text)).toBe(expected)
  })
})
