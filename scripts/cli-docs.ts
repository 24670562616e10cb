/**
 * Writes the generated tables of docs/cli.md: the exit codes, and the flags of each command. They
 * are between markers. The rest of the page is edited by hand. A test compares the page with the
 * code. Run this after a change to a flag: `node scripts/cli-docs.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import type { Command, Flag } from '../src/cli/shell/command.ts'
import { COMMANDS } from '../src/cli/shell/command-table.ts'
import { EXIT_CODE_MEANINGS, EXIT_CODES } from '../src/cli/shell/exit-codes.ts'
import { describeDefault, renderName } from '../src/cli/shell/help.ts'

export const CLI_DOCS = new URL('../docs/cli.md', import.meta.url)

const BLOCK = /<!-- (exit codes|flags: ([a-z -]+)) -->\n[\s\S]*?<!-- end -->/g

/** Returns the page with tables that match the code. Throws when a command has no table in it. */
export async function renderCliDocs(page: string): Promise<string> {
  const tables = new Map([['exit codes', renderExitCodes()]])
  for (const [name, { load }] of COMMANDS) {
    const { command }: { readonly command: Command } = await load()
    if (Object.keys(command.flags).length > 0) tables.set(`flags: ${name}`, renderFlags(command))
  }
  const written = page.replaceAll(BLOCK, (_block, title: string) => {
    const table = tables.get(title)
    if (table === undefined)
      throw new Error(`docs/cli.md has a table for an unknown command: ${title}`)
    tables.delete(title)
    return [`<!-- ${title} -->`, '', ...table, '', '<!-- end -->'].join('\n')
  })
  if (tables.size > 0)
    throw new Error(`docs/cli.md has no table for ${[...tables.keys()].join(', ')}`)
  return written
}

function renderExitCodes(): readonly string[] {
  const rows = Object.entries(EXIT_CODES).map(([key, code]) => {
    const { name, when } = EXIT_CODE_MEANINGS[key as keyof typeof EXIT_CODES]
    return `| \`${code}\` | ${name} | ${when} |`
  })
  return ['| code | name | when |', '|---|---|---|', ...rows]
}

function renderFlags({ flags }: Command): readonly string[] {
  const rows = Object.entries(flags).map(([name, flag]) => {
    return `| \`${renderName(name, flag)}\` | ${renderMeaning(flag)} | ${describeDefault(flag) || '–'} |`
  })
  return ['| flag | meaning | default |', '|---|---|---|', ...rows]
}

function renderMeaning({ about, repeats, alias }: Flag): string {
  const more = [
    ...(alias === undefined ? [] : [`\`--${alias}\` is the same`]),
    ...(repeats ? ['may be repeated'] : []),
  ]
  return [about, ...more].join('; ').replaceAll('|', '\\|')
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(CLI_DOCS, await renderCliDocs(readFileSync(CLI_DOCS, 'utf8')))
}
