/** `edgemint test`: runs the test fixtures of trust files. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CompiledTrust } from '../../../core/policy/compile/compiled.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { refusal, usageFailure } from '../../shell/failure.ts'
import { parseChoice, parseFlags } from '../../shell/flags.ts'
import { MAX_FIXTURE_DEPTH } from '../../shell/limits.ts'
import { printPlain, say } from '../../shell/output.ts'
import { TRUST_FILES } from '../admin-flags.ts'
import { readFixtures } from '../fixtures/parse.ts'
import {
  hasFailed,
  type RenderReport,
  renderJunit,
  renderTap,
  renderText,
} from '../fixtures/reports.ts'
import { type CaseResult, findUnreached, runFixtures } from '../fixtures/run.ts'
import { sayProblems } from '../problems.ts'
import { readTrust } from '../read-trust.ts'

const FORMATS: ReadonlyMap<string, RenderReport> = new Map([
  ['text', renderText],
  ['tap', renderTap],
  ['junit', renderJunit],
])

export const command = {
  synopsis: '[FILE...] [FLAGS]',
  about: `Runs fixtures: claims, a request, and the decision expected from the trust document. Without a file it
runs every *.test.yaml below the current directory. It also lists the rules that no fixture reaches.`,
  flags: {
    format: {
      value: 'FORMAT',
      about: '`text`, `tap` (version 14) or `junit`',
      default: '`text`',
      completes: [...FORMATS.keys()],
    },
    'all-rules': {
      about: 'also fail if no fixture reaches a rule; such rules are always listed',
    },
  },
  arguments: { ...TRUST_FILES, least: 0, what: 'a fixture file' },
  example: 'npx edgemint test trust.test.yaml',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseFlags(args, command)
  const render = parseChoice('--format', values.format ?? 'text', FORMATS)
  const paths = positionals.length > 0 ? positionals : await findFixtures('.', 0)
  if (paths.length === 0) throw usageFailure('no *.test.yaml file below this directory')
  const { results, byTrust } = await runFiles(paths)
  const unreached = [...byTrust].flatMap(([path, { trust, own }]) =>
    findUnreached(trust, own).map((rule) => ({ trust: path, rule })),
  )
  printPlain(render({ results, unreached }))
  const failed = results.filter(hasFailed).length
  say(
    `${results.length - failed} of ${results.length} fixtures passed, ${unreached.length} rules unreached`,
  )
  const isShort = values['all-rules'] && unreached.length > 0
  return failed === 0 && !isShort ? EXIT_CODES.done : EXIT_CODES.refused
}

type Tested = { readonly trust: CompiledTrust; readonly own: CaseResult[] }

async function runFiles(paths: readonly string[]) {
  const byTrust = new Map<string, Tested>()
  const results: CaseResult[] = []
  for (const path of paths) {
    const read = await readFixtures(path)
    if (!read.ok) {
      sayProblems(path, read.error)
      throw refusal('a fixture file is invalid')
    }
    const { trust: trustPath } = read.value
    const tested = byTrust.get(trustPath) ?? { ...(await readTrust(trustPath)), own: [] }
    byTrust.set(trustPath, tested)
    const own = runFixtures(read.value, tested.trust)
    tested.own.push(...own)
    results.push(...own)
  }
  return { results, byTrust }
}

/** Finds fixture files, sorted by name. Skips hidden directories and installed packages. */
async function findFixtures(directory: string, depth: number): Promise<readonly string[]> {
  if (depth > MAX_FIXTURE_DEPTH) return []
  const entries = await readdir(directory, { withFileTypes: true })
  const found: string[] = []
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name)
    if (entry.isFile() && /\.test\.ya?ml$/.test(entry.name)) found.push(path)
    const isOwn = !entry.name.startsWith('.') && entry.name !== 'node_modules'
    if (entry.isDirectory() && isOwn) found.push(...(await findFixtures(path, depth + 1)))
  }
  return found
}
