/** What the playbooks expect a command to print is what the program says. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './support/project.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const PAGES = globSync('docs/playbooks/*.md', { cwd: root })
const TEXTS = globSync('src/{cli,contract}/**/*.ts', { cwd: root }).map(read).join('\n')

/** The words in backticks of the sentences that begin with `Expected`. Commands and JSON are left out. */
function readExpected(page: string): readonly string[] {
  return [...read(page).matchAll(/^ *Expected[^:]*: ([^.]*)\./gm)].flatMap(([, sentence = '']) =>
    [...sentence.matchAll(/`([a-z][a-z ]+)(?: N)?`/g)].map(([, words = '']) => words),
  )
}

describe('a playbook', () => {
  it('has words that a command is expected to print', () => {
    expect(PAGES.flatMap(readExpected).length).toBeGreaterThan(8)
  })

  it.each(PAGES)('expects only words that the program says, in %s', (page) => {
    for (const words of readExpected(page)) expect(TEXTS, words).toContain(words)
  })
})
