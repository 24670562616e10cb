/** docs/audit-format.md: its steps, followed here without code of the product, and its tables. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  batchLineSchema,
  checkpointClaimsSchema,
  checkpointLineSchema,
  exportHeaderSchema,
  headLineSchema,
} from '../../../src/contract/decisions/export.ts'
import { decisionRecordSchema } from '../../../src/contract/decisions/record.ts'
import { buildExport, makeKey } from '../../cli/decisions/export-file.ts'

const page = readFileSync('docs/audit-format.md', 'utf8')
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
let lines: string[]

beforeAll(async () => {
  lines = await buildExport(await makeKey('kid-1'), { batches: [2, 1, 3], signed: [1, 3] })
})

type Line = Readonly<Record<string, unknown>>

/** Computes the head of each batch by the formulas of the page. */
function follow(text: readonly string[]): ReadonlyMap<unknown, string> {
  const { iss, shard, previous } = JSON.parse(text[0] ?? '') as Line
  let head = sha256(`edgemint-decisions\n${iss}\n${shard}\n`)
  expect(previous).toBe(head)
  const heads = new Map<unknown, string>([[0, head]])
  for (let at = 1; at < text.length; ) {
    const line = JSON.parse(text[at] ?? '') as Line
    if (line.type === 'checkpoint') {
      const claims = JSON.parse(
        Buffer.from(String(line.jwt).split('.')[1] ?? '', 'base64url').toString(),
      ) as Line
      expect(heads.get(claims.sequence)).toBe(claims.head)
      at += 1
      continue
    }
    expect(text[at]).toBe(
      `{"type":"batch","sequence":${line.sequence},"time":${line.time},"count":${line.count}}`,
    )
    const count = Number(line.count)
    head = sha256([head, ...text.slice(at, at + 1 + count), ''].join('\n'))
    heads.set(line.sequence, head)
    expect(JSON.parse(text[at + 1 + count] ?? '')).toEqual({ type: 'head', head })
    at += count + 2
  }
  return heads
}

describe('docs/audit-format.md', () => {
  it('describes the chain of an export', () => {
    expect([...follow(lines).keys()]).toEqual([0, 1, 2, 3])
  })

  it.each([1, 2, 4, 6, 7, 9])('describes a chain that shows a change of line %i', (at) => {
    const copy = [...lines]
    copy[at] = (copy[at] ?? '').replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10))
    expect(copy).not.toEqual(lines)
    expect(() => follow(copy)).toThrow()
  })

  it('has every member of a record, and no other', () => {
    const [, section = ''] = page.split('\n## Records\n')
    const documented = [...section.matchAll(/^\| (`.*?`) \| /gm)].flatMap(([, names = '']) =>
      [...names.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name),
    )
    expect(documented.toSorted()).toEqual(Object.keys(decisionRecordSchema.def.shape).toSorted())
  })

  it('has every member of every line', () => {
    const schemas = [
      ...[exportHeaderSchema, batchLineSchema, headLineSchema],
      ...[checkpointLineSchema, checkpointClaimsSchema],
    ]
    const names = schemas.flatMap((schema) => Object.keys(schema.def.shape))
    const [before = ''] = page.split('\n## Verify in Python\n')
    expect(names.filter((name) => !before.includes(`\`${name}\``))).toEqual([])
  })

  it('has a program of about thirty lines', () => {
    const program = /```python\n(.*?)```/s.exec(page)?.[1] ?? ''
    const code = program.split('\n').filter((line) => line.trim() !== '')
    expect(code.length).toBeLessThanOrEqual(38)
  })

  it('has a program that does not run where Python skips its checks', () => {
    const program = /```python\n(.*?)```/s.exec(page)?.[1] ?? ''
    const [before = '', checks] = program.split(/^if not __debug__: sys\.exit\(.+\)$/m)
    expect(checks).toContain('\nassert ')
    expect(before).not.toContain('assert')
  })
})
