import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CHECK_IDS, mappingOf } from '../../../src/analysis/posture/checks.ts'
import {
  POSTURE_ENDING_SECONDS,
  POSTURE_ENDING_SOON_SECONDS,
  POSTURE_OUTLIVED_SECONDS,
  POSTURE_OWNER_RESOURCES,
  POSTURE_OWNER_RULES,
} from '../../../src/analysis/posture/limits.ts'
import { titleOf } from '../../../src/analysis/posture/titles.ts'
import { DEFAULT_UNUSED_DAYS, MAX_UNUSED_DAYS } from '../../../src/contract/posture/report.ts'
import {
  DECISION_USAGE_DAYS,
  DECISION_USAGE_ROWS,
  REMINDERS_PER_ALARM,
  RULE_REMINDER_FIRST_DAYS,
  RULE_REMINDER_LAST_DAYS,
} from '../../../src/worker/limits.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/posture.md'), 'utf8')
const DAY = 86_400

describe('docs/posture.md', () => {
  it('has the table of the code', () => {
    const rows = CHECK_IDS.map((id) => {
      const { owasp_nhi, sp_800_207, csf } = mappingOf(id)
      const cells = [owasp_nhi, sp_800_207, csf].map((ids) => ids.join(', '))
      return `| [${id}](#${id.toLowerCase()}) | ${titleOf(id)} | ${cells.join(' | ')} |`
    })
    expect(page.match(/^\| \[POS-\d\d\].*$/gm)).toEqual(rows)
  })

  it('has a section for each finding, in order', () => {
    const headings = [...page.matchAll(/^### (POS-\d\d)$/gm)].map(([, id]) => id)
    expect(headings).toEqual(CHECK_IDS)
  })

  it('names only parts that the three documents have', () => {
    for (const { owasp_nhi, sp_800_207, csf } of CHECK_IDS.map(mappingOf)) {
      for (const id of owasp_nhi) expect(id).toMatch(/^NHI(?:[1-9]|10)$/)
      for (const tenet of sp_800_207) expect([1, 2, 3, 4, 5, 6, 7]).toContain(tenet)
      for (const id of csf) expect(id).toMatch(/^(?:GV|ID|PR|DE)\.[A-Z]{2}-\d\d$/)
    }
  })

  it.each([
    `within ${POSTURE_ENDING_SECONDS / DAY} days; within ${POSTURE_ENDING_SOON_SECONDS / DAY} days`,
    `more than ${POSTURE_OWNER_RESOURCES} resources, or more than ${POSTURE_OWNER_RULES} rules`,
    `more than ${POSTURE_OUTLIVED_SECONDS / 60} minutes`,
    `not used for ${DEFAULT_UNUSED_DAYS} days is a finding`,
    `up to ${MAX_UNUSED_DAYS}`,
    `keeps the counts for ${DECISION_USAGE_DAYS} days`,
    `more than ${DECISION_USAGE_ROWS.toLocaleString('en')} rights`,
    `${RULE_REMINDER_FIRST_DAYS} days and ${RULE_REMINDER_LAST_DAYS} days before`,
    `More than ${REMINDERS_PER_ALARM} reminders`,
  ])('says %s', (words) => {
    expect(page).toContain(words)
  })
})
