import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MUTANTS } from '../../scripts/mutants/table.ts'
import { GROUPS, WITHOUT_MUTANT } from '../../scripts/mutants/without.ts'

const root = join(import.meta.dirname, '../..')

describe('the table of mutants', () => {
  it.each(MUTANTS)('finds the check $id in the source, once', ({ file, from }) => {
    expect(readFileSync(join(root, file), 'utf8').split(from)).toHaveLength(2)
  })

  const ids = Object.entries(GROUPS).flatMap(([group, count]) =>
    Array.from({ length: count }, (_, index) => `${group}-${String(index + 1).padStart(2, '0')}`),
  )
  const named = new Set(MUTANTS.flatMap(({ id }) => id.match(/[A-Z]+-\d\d/g) ?? []))

  it('has every id of the attacks, or says why there is nothing to take away', () => {
    expect(ids.filter((id) => !named.has(id))).toEqual(Object.keys(WITHOUT_MUTANT))
  })

  it('names each change once', () => {
    const names = MUTANTS.map(({ id }) => id)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })
})
