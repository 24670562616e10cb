/** Runs the scripts of `edgemint completion` in the shells that are installed on this machine. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Command } from '../../../src/cli/shell/command.ts'
import { COMMANDS } from '../../../src/cli/shell/command-table.ts'
import { runHere } from '../support/in-process.ts'
import { root } from '../support/run.ts'

const scripts = {
  bash: (await runHere(['completion', 'bash'])).stdout,
  zsh: (await runHere(['completion', 'zsh'])).stdout,
  fish: (await runHere(['completion', 'fish'])).stdout,
}

const folder = mkdtempSync(join(tmpdir(), 'edgemint-completion-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
for (const name of ['trust.yaml', 'two words.yaml', 'token.jwt']) {
  writeFileSync(join(folder, name), '')
}
mkdirSync(join(folder, 'tree'))
for (const [shell, script] of Object.entries(scripts))
  writeFileSync(join(folder, `.${shell}`), script)

const has = (shell: string) => spawnSync(shell, ['--version']).status === 0

/**
 * Returns what bash offers for the last of these words. Bash splits words at `=`, so the caller
 * does too.
 */
function completeInBash(words: readonly string[]): readonly string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ')
  const code = `source .bash; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _edgemint; printf '%s\\n' "\${COMPREPLY[@]}"`
  const output = execFileSync('bash', ['--norc', '-c', code], { cwd: folder, encoding: 'utf8' })
  return output.split('\n').filter((line) => line !== '')
}

describe('bash', () => {
  test('loads the script that the command prints', () => {
    const cli = `"${process.execPath}" "${join(root, 'dist/cli/shell/main.js')}"`
    const code = `source <(${cli} completion bash); complete -p edgemint`
    const output = execFileSync('bash', ['--norc', '-c', code], { encoding: 'utf8' })
    expect(output).toBe('complete -F _edgemint edgemint\n')
  })

  test.each<[readonly string[], readonly string[]]>([
    [
      ['edgemint', 'ex'],
      ['exchange', 'exec', 'explain', 'export'],
    ],
    [['edgemint', '--v'], ['--version']],
    [['edgemint', 'comp'], ['completion']],
    [['edgemint', 'cred'], ['credential']],
    [
      ['edgemint', 'credential', 'g'],
      ['git', 'google', 'google-config'],
    ],
    [
      ['edgemint', 'keys', ''],
      ['generate', 'list', 'check', 'rotate', 'retire'],
    ],
    [['edgemint', 'help', 'val'], ['validate']],
    [
      ['edgemint', 'completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['edgemint', 'serve', '--lo'], ['--local-issuers']],
    [['edgemint', 'serve', '--port', '1', '--sta'], ['--state']],
    [
      ['edgemint', 'keys', 'generate', '--al'],
      ['--algorithm', '--alg'],
    ],
    [
      ['edgemint', 'keys', 'generate', '--alg', 'E'],
      ['ES256', 'ES384', 'Ed25519', 'EdDSA'],
    ],
    [['edgemint', 'lint', '--format', '=', 's'], ['sarif']],
    [
      ['edgemint', 'lint', '--format', '='],
      ['text', 'json', 'sarif', 'github'],
    ],
    [
      ['edgemint', 'credential', 'git', '--host', 'h', ''],
      ['get', 'store', 'erase'],
    ],
    [['edgemint', 'providers', 'spi'], ['spiffe-jwt-svid']],
    [
      ['edgemint', 'token', '--source', 'git'],
      ['github-actions', 'gitlab'],
    ],
    [
      ['edgemint', 'validate', 't'],
      ['token.jwt', 'tree', 'trust.yaml', 'two words.yaml'],
    ],
    [
      ['edgemint', 'serve', '--trust', 'tr'],
      ['tree', 'trust.yaml'],
    ],
    [['edgemint', 'serve', '--state', 't'], ['tree']],
    [['edgemint', 'serve', '--port', ''], []],
    [['edgemint', 'exec', '--url', 'u', '--', './none', 'tok'], ['token.jwt']],
    [['edgemint', 'exec', '--fi'], ['--file']],
    [['edgemint', 'nothing', '--'], []],
  ])('completes %j', (words, offered) => {
    expect(completeInBash(words).toSorted()).toEqual(offered.toSorted())
  })

  test('offers programs after the -- of exec', () => {
    expect(completeInBash(['edgemint', 'exec', '--', 'bas'])).toContain('bash')
  })
})

const RUN = {
  zsh() {
    const { status, stderr } = spawnSync('zsh', ['-n', join(folder, '.zsh')], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
  },
  fish() {
    const complete = (line: string) =>
      execFileSync('fish', ['--no-config', '-c', `source .fish; complete -C '${line}'`], {
        cwd: folder,
        encoding: 'utf8',
      })
    expect(complete('edgemint keys generate --algorithm R')).toMatch(/^RS256\t/)
    expect(complete('edgemint credential kub')).toMatch(/^kubectl\tgive kubectl a token/)
    expect(complete('edgemint validate trus')).toBe('trust.yaml\n')
  },
}

test('zsh and fish load their scripts, if they are installed', () => {
  for (const shell of ['zsh', 'fish'] as const) if (has(shell)) RUN[shell]()
  expect(Object.keys(RUN)).toEqual(Object.keys(scripts).slice(1))
})

describe.each(['bash', 'zsh', 'fish'] as const)('the script for %s', (shell) => {
  test('closes each quote on the line that opens it', () => {
    for (const line of scripts[shell].split('\n')) {
      const code = line.startsWith('#') ? '' : line
      expect(stripQuoted(code, shell), line).not.toMatch(/'/)
    }
  })

  test('has each flag of each command, and no command substitution', async () => {
    for (const [name, { load }] of COMMANDS) {
      const { command }: { readonly command: Command } = await load()
      for (const flag of Object.keys(command.flags)) {
        expect(linesOf(name), `${name} ${flag}`).toMatch(
          shell === 'fish' ? new RegExp(` -l ${flag} `) : new RegExp(`--${flag}\\b`),
        )
      }
    }
    for (const line of scripts[shell].split('\n')) {
      // Backticks in a description are Markdown. In a shell they would run a command.
      expect(line).not.toContain('`')
    }
  })

  function linesOf(name: string): string {
    const script = scripts[shell]
    if (shell === 'fish') {
      const own = script.split('\n').filter((line) => line.includes(`begins ${name}'`))
      return own.join('\n')
    }
    const start = shell === 'bash' ? `\n    '${name}') flags=` : `\n    ('${name}')\n`
    const [, rest = ''] = script.split(start)
    return rest.split(shell === 'bash' ? '\n' : ';;')[0] ?? ''
  }
})

test.each(['zsh', 'fish'] as const)('%s shows what a flag means', (shell) => {
  expect(scripts[shell]).toContain('accept http issuers on loopback addresses')
})

/** Removes the quoted parts of a line. Only fish has escapes within single quotes. */
function stripQuoted(line: string, shell: string): string {
  if (shell === 'fish') return line.replaceAll(/'(?:[^'\\]|\\.)*'/g, '').replaceAll(/"[^"]*"/g, '')
  return line
    .replaceAll("'\\''", '')
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/'[^']*'/g, '')
}
