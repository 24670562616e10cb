/** Posture findings are exported and filtered. */
import { describe, expect, it } from 'vitest'
import { writeCsv } from '../../../../src/console/pages/posture/export.ts'
import { countSeverities, filterFindings } from '../../../../src/console/pages/posture/filter.ts'
import type { PostureFinding } from '../../../../src/contract/posture/report.ts'

const FINDING: PostureFinding = {
  id: 'POS-01',
  severity: 'warn',
  subject: { kind: 'rule', name: 'deploy' },
  message: 'was never used',
  fix: 'Remove the rule.',
}
const named = (name: string): PostureFinding => ({ ...FINDING, subject: { kind: 'owner', name } })

describe('CSV', () => {
  it('has a header and one row for each finding', () => {
    expect(writeCsv([FINDING])).toBe(
      '"id","severity","kind","name","message","fix"\r\n' +
        '"POS-01","warn","rule","deploy","was never used","Remove the rule."\r\n',
    )
  })

  it.each([
    ['=HYPERLINK("https://evil.example")', `"'=HYPERLINK(""https://evil.example"")"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['  =1', `"'  =1"`],
    ['"=1', `"'""=1"`],
    ['\t=1', `"'\t=1"`],
    ['|calc', `"'|calc"`],
    ['＝1', `"'＝1"`],
    ['a=1', '"a=1"'],
    ['team@example.com', '"team@example.com"'],
  ])('ADM-13 makes the cell %j text', (name, cell) => {
    expect(
      writeCsv([named(name)])
        .split('\r\n')[1]
        ?.split(',')
        .slice(3)
        .join(','),
    ).toMatch(cell)
    expect(writeCsv([named(name)])).toContain(`"owner",${cell},"was never used"`)
  })
})

describe('the filter', () => {
  const all = [FINDING, { ...named('Platform'), id: 'POS-06', severity: 'info' } as const]
  const ids = (filter: Partial<Parameters<typeof filterFindings>[1]>) =>
    filterFindings(all, { severity: '', id: '', text: '', ...filter }).map(({ id }) => id)

  it('shows all findings if it is empty', () => {
    expect(ids({})).toEqual(['POS-01', 'POS-06'])
  })

  it('compares the severity, the id and the text in any case', () => {
    expect(ids({ severity: 'info' })).toEqual(['POS-06'])
    expect(ids({ id: 'POS-01' })).toEqual(['POS-01'])
    expect(ids({ text: ' platFORM ' })).toEqual(['POS-06'])
    expect(ids({ text: 'remove the rule', severity: 'info' })).toEqual(['POS-06'])
    expect(ids({ text: 'nothing like it' })).toEqual([])
  })

  it('counts by severity', () => {
    expect(countSeverities(all)).toEqual({ error: 0, warn: 1, info: 1 })
  })
})
