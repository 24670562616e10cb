import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { idsOf } from './support/documents.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/lint.md'), 'utf8')

type Section = { readonly id: string; readonly text: string }

const sections: readonly Section[] = page
  .split(/^## /m)
  .slice(1)
  .map((text) => ({ id: text.slice(0, text.indexOf('\n')).trim(), text }))

const lints = sections.filter(({ id }) => id.startsWith('LINT-'))

/** The documents under "Reported:" and "Not reported:". */
function documentsOf({ text }: Section) {
  const documents = (title: string) =>
    [...text.matchAll(new RegExp(`^${title}:\\n+\`\`\`yaml\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
      ([, code = '']) => idsOf(parse(code)),
    )
  return { caught: documents('Reported'), leftAlone: documents('Not reported') }
}

/** The problem codes of the compiler, for risks that it refuses. */
const REFUSED: Readonly<Record<string, string>> = {
  'LINT-01': 'tenant_not_pinned',
  'LINT-16': 'issuer_invalid',
  'LINT-17': 'issuer_invalid',
  'LINT-18': 'issuer_invalid',
  'LINT-19': 'issuer_invalid',
  'LINT-30': 'condition_impossible',
}

describe('docs/lint.md', () => {
  it('has a section for each lint and for probes', () => {
    const expected = Array.from({ length: 54 }, (_, i) => `LINT-${String(i + 1).padStart(2, '0')}`)
    expect(sections.map(({ id }) => id)).toEqual(expect.arrayContaining([...expected, 'PROBE']))
  })

  it('lists each check with its title and severity', () => {
    const checks = sections.filter(({ id }) => /^(?:LINT-\d+|PROBE)$/.test(id))
    const expected = checks.map(({ id, text }) => {
      const [, title, severity] = /^\*\*(.+)\*\* \((.+)\)$/m.exec(text) ?? []
      return `| [${id}](#${id.toLowerCase()}) | ${title} | ${severity} |`
    })
    expect(page.match(/^\| \[(?:LINT-|PROBE).*$/gm)).toEqual(expected)
  })

  it.each(lints)('shows for $id one document with the finding and one without', (section) => {
    const { caught, leftAlone } = documentsOf(section)
    expect([caught.length, leftAlone.length]).toEqual([1, 1])
    const [ids = []] = caught
    expect(ids.includes(section.id) || ids.includes(REFUSED[section.id] ?? '')).toBe(true)
    expect(leftAlone[0]?.filter((id) => /^[a-z]/.test(id) || id === section.id)).toEqual([])
  })

  it.each(lints)(
    'explains for $id the finding, the reason, the consequence and the fix',
    ({ text }) => {
      for (const part of [
        /\*\*What\.?\*\*/,
        /\*\*Why\.?\*\*/,
        /\*\*(The incident|What it leads to)\.?\*\*/,
        /\*\*How to fix\.?\*\*/,
      ]) {
        expect(text).toMatch(part)
      }
    },
  )
})
