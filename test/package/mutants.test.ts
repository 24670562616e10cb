import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MUTANTS } from '../../scripts/mutants/table.ts'
import { WITHOUT_MUTANT } from '../../scripts/mutants/without.ts'
import { citedIn, readDefinitions, readLintIds, THREAT_MODEL } from '../support/cited-ids.ts'

const root = join(import.meta.dirname, '../..')

describe('the table of mutants', () => {
  it.each(MUTANTS)('quotes source code that occurs exactly once: $id', ({ file, from }) => {
    expect(readFileSync(join(root, file), 'utf8').split(from)).toHaveLength(2)
  })

  it('names tests that exist', () => {
    const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.test.ts'))
      .map((path) => join('test', path))
    const named = new Set(MUTANTS.flatMap((mutant) => mutant.tests.split(' ')))
    const missing = [...named].filter((part) => !tests.some((path) => path.includes(part)))
    expect(missing).toEqual([])
  })

  const ids = [...readDefinitions(THREAT_MODEL).map(({ id }) => id), ...readLintIds()]
  const named = new Set(MUTANTS.flatMap(({ id }) => [...citedIn(id)]))

  it('has every id of the threat model and of lint, or a reason for its absence', () => {
    const missing = ids.filter((id) => !named.has(id))
    expect(missing.toSorted()).toEqual(Object.keys(WITHOUT_MUTANT).toSorted())
  })

  it('has unique names', () => {
    const names = MUTANTS.map(({ id }) => id)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })
})
