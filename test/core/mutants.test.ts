import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MUTANTS } from '../../scripts/mutants/table.ts'

const root = join(import.meta.dirname, '../..')

describe('the table of mutants', () => {
  it.each(MUTANTS)('finds the check $id in the source, once', ({ file, from }) => {
    expect(readFileSync(join(root, file), 'utf8').split(from)).toHaveLength(2)
  })
})
