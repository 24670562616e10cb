/**
 * Follows the recipes of CONTRIBUTING.md in a copy of the repository. Inserts every code block at
 * its place, writes the generated pages, and runs the checks and tests that the recipes need. Exits
 * with the exit code of the first command that fails.
 */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const BLOCK = /^ *```\w+ file=(\S+)(?: (before|after)="(.*)")?\n([\s\S]*?)^ *```$/gm

/** Blocks under a list item are indented by three spaces. */
const INDENT = /^ {3}/gm

const COMMANDS = [
  'npm run format --silent',
  'node scripts/provider-docs.ts',
  'node scripts/endpoint-docs.ts',
  'node scripts/openapi.ts',
  'npm run check --silent',
  'node scripts/build.ts',
  'npx vitest run --project core --project policy --project exchange --project analysis',
  'npm run test:worker --silent -- test/worker/endpoints.test.ts test/worker/openapi.test.ts test/worker/attacks/log.test.ts',
  'npx vitest run --project package test/package/drift.test.ts test/package/house.test.ts docs.test.ts',
]

/** Folders that a copy does not need, or gets as a link. */
const LEFT_OUT = /(?:^|[\\/])(?:node_modules|\.git|\.wrangler|\.edgemint)$/

function copyRepository(): string {
  const folder = mkdtempSync(join(tmpdir(), 'edgemint-recipes-'))
  cpSync(root, folder, { recursive: true, filter: (path) => !LEFT_OUT.test(path) })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

function applyBlock(folder: string, [, file = '', side, anchor, block = '']: RegExpMatchArray) {
  const path = join(folder, file)
  const text = block.replace(INDENT, '')
  if (side === undefined || anchor === undefined) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return
  }
  const lines = readFileSync(path, 'utf8').split('\n')
  const places = lines.flatMap((line, index) => (line === anchor ? [index] : []))
  const [place] = places
  if (place === undefined || places.length > 1) {
    throw new Error(`${file} must have one line "${anchor}" but has ${places.length}`)
  }
  lines.splice(side === 'before' ? place : place + 1, 0, ...text.replace(/\n$/, '').split('\n'))
  writeFileSync(path, lines.join('\n'))
}

function follow(folder: string): number {
  const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
  const blocks = [...page.matchAll(BLOCK)]
  for (const block of blocks) applyBlock(folder, block)
  process.stderr.write(`${blocks.length} blocks applied in ${folder}\n`)
  for (const command of COMMANDS) {
    process.stderr.write(`\n$ ${command}\n`)
    const { status } = spawnSync(command, { cwd: folder, shell: true, stdio: 'inherit' })
    if (status !== 0) return status ?? 1
  }
  process.stderr.write('\nall recipes work\n')
  return 0
}

const folder = copyRepository()
try {
  process.exitCode = follow(folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
