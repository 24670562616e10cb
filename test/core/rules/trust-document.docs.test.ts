import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { listProviders } from '../../../src/core/providers/index.ts'
import { compilePolicy, compileTrust } from '../../../src/core/rules/compile.ts'
import { trustDocumentSchema } from '../../../src/core/rules/schema.ts'
import { CEILINGS } from '../../support/core-world.ts'

const root = join(import.meta.dirname, '../../..')
const page = readFileSync(join(root, 'docs/trust-document.md'), 'utf8')

function blocks(language: string): readonly string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm')
  return [...page.matchAll(fence)].map(([, code = '']) => code)
}

describe('docs/trust-document.md', () => {
  it.each(blocks('yaml'))('shows documents that compile: %#', (code) => {
    const result = compileTrust(parse(code), CEILINGS, { admitAt: Date.now() / 1000 })
    expect('problems' in result ? result.problems : []).toEqual([])
  })

  it.each(blocks('json'))('shows policies that compile: %#', (code) => {
    const result = compilePolicy(JSON.parse(code), CEILINGS)
    expect('problems' in result ? result.problems : []).toEqual([])
  })

  it('has both kinds', () => {
    expect([blocks('yaml').length, blocks('json').length]).toEqual([1, 1])
  })

  it('names every provider', () => {
    for (const provider of listProviders()) expect(page).toContain(`\`${provider}\``)
  })

  it('names every key of the language', () => {
    const names = new Set<string>()
    const collect = (schema: unknown): void => {
      if (typeof schema !== 'object' || schema === null) return
      if ('properties' in schema && typeof schema.properties === 'object') {
        for (const name of Object.keys(schema.properties ?? {})) names.add(name)
      }
      for (const member of Object.values(schema)) collect(member)
    }
    collect(trustDocumentSchema.toJSONSchema({ io: 'input', unrepresentable: 'any' }))
    // Members of a JSON Web Key are RFC 7517's to explain.
    names.delete('kty')
    expect(names.size).toBeGreaterThan(20)
    for (const name of names) expect(page, name).toMatch(new RegExp(`\\b${name}\\b`))
  })

  it('names every code that a document is refused with', () => {
    const sources = [
      'compile',
      'compile-issuer',
      'compile-resource',
      'compile-rule',
      'compile-condition',
      'compile-grant',
      'schema-issues',
      'shape',
    ]
    const codes = new Set<string>()
    for (const source of sources) {
      const text = readFileSync(join(root, `src/core/rules/${source}.ts`), 'utf8')
      const found = text.matchAll(/(?:code: |\n\s+|\], )'([a-z]+_[a-z_]+)'/g)
      // The schema library's own codes are translated, never sent.
      for (const [, code = ''] of found) if (!code.startsWith('invalid_')) codes.add(code)
    }
    for (const code of ['max_lifetime', 'proof_of_possession', 'any_of', 'none_of'])
      codes.delete(code)
    expect(codes.size).toBeGreaterThan(20)
    for (const code of codes) expect(page, code).toContain(`\`${code}\``)
  })
})
