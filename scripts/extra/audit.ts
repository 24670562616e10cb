/**
 * `npm run check:audit`: runs the Python program of docs/audit-format.md over exports, good ones and
 * changed ones, and compares its results with those of `edgemint audit verify`. Needs `python3`.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildExport, makeKey, textOf } from '../../test/cli/decisions/export-file.ts'

const CLI = join(import.meta.dirname, '../../dist/cli/shell/main.js')
const PAGE = new URL('../../docs/audit-format.md', import.meta.url)
const MINIMUM = [3, 9] as const

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-audit-'))
const write = (name: string, content: string | Uint8Array) => {
  const path = join(scratch, name)
  writeFileSync(path, content)
  return path
}

function findPython(): string {
  const { status, stdout } = spawnSync('python3', ['--version'], { encoding: 'utf8' })
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(stdout ?? '') ?? []
  const isNewEnough = Number(major) === MINIMUM[0] && Number(minor) >= MINIMUM[1]
  if (status === 0 && isNewEnough) return 'python3'
  console.error(
    `edgemint: python3 ${MINIMUM.join('.')} or later is missing: install it for this check`,
  )
  process.exit(1)
}

/** Whether each program finds the export intact, and where it sees the fault otherwise. */
function judge(name: string, python: readonly string[], cli: readonly string[]) {
  const [command = '', ...args] = python
  const ofPython = spawnSync(command, args, { encoding: 'utf8' })
  const ofCli = spawnSync(process.execPath, [CLI, 'audit', 'verify', ...cli], { encoding: 'utf8' })
  const isIntact = { python: ofPython.status === 0, cli: ofCli.status === 0 }
  const place = ofPython.stderr.trimEnd().split('\n').at(-1) ?? ''
  return { name, isIntact, said: isIntact.python ? ofPython.stdout.trim() : place }
}

const python = findPython()
const program = /```python\n(.*?)```/s.exec(readFileSync(PAGE, 'utf8'))?.[1]
if (program === undefined) throw new Error('docs/audit-format.md has no Python program')
const script = write('verify.py', program)
const key = await makeKey('kid-1')
const lines = await buildExport(key, { batches: [2, 1, 3, 1], signed: [2, 4] })
const kept = write('kept.jws', String(JSON.parse(lines.at(-1) ?? '').jwt))
const change = (edit: (copy: string[]) => void) => {
  const copy = [...lines]
  edit(copy)
  return textOf(copy)
}
const swap = (copy: string[], at: number) => copy.splice(at, 2, copy[at + 1] ?? '', copy[at] ?? '')

type Case = {
  readonly name: string
  readonly text: string | Uint8Array
  readonly isIntact: boolean
  readonly kept?: true
  /** Options of Python. */
  readonly options?: readonly string[]
}

const CASES: readonly Case[] = [
  { name: 'a whole chain', text: textOf(lines), isIntact: true, kept: true },
  { name: 'compressed', text: gzipSync(textOf(lines)), isIntact: true },
  { name: 'later batches', text: textOf(await buildExport(key, { after: 1 })), isIntact: true },
  { name: 'an empty chain', text: textOf(await buildExport(key, { batches: [] })), isIntact: true },
  {
    name: 'a byte changed',
    text: change((copy) => copy.splice(2, 1, (copy[2] ?? '').replace('granted', 'grantee'))),
    isIntact: false,
  },
  {
    name: 'two lines swapped, where Python skips its checks',
    text: change((copy) => swap(copy, 2)),
    isIntact: false,
    options: ['-O'],
  },
  { name: 'a record removed', text: change((copy) => copy.splice(2, 1)), isIntact: false },
  { name: 'two records swapped', text: change((copy) => swap(copy, 2)), isIntact: false },
  { name: 'a batch removed', text: change((copy) => copy.splice(5, 3)), isIntact: false },
  {
    name: 'batches that the gateway could not read',
    text: textOf(
      await buildExport(key, { batches: [2, 1, 3, 1], signed: [1, 4], missing: [2, 3] }),
    ),
    isIntact: false,
  },
  { name: 'the end of a batch removed', text: change((copy) => copy.splice(-2)), isIntact: false },
  {
    name: 'a time of a batch changed',
    text: change((copy) => copy.splice(1, 1, (copy[1] ?? '').replace(/"time":\d/, '"time":9'))),
    isIntact: false,
  },
  {
    name: 'another deployment',
    text: change((copy) => copy.splice(0, 1, (copy[0] ?? '').replace('sts.', 'other.'))),
    isIntact: false,
  },
  {
    name: 'a new chain, with a kept checkpoint',
    text: textOf(await buildExport(key, { batches: [2, 1, 2, 1] })),
    isIntact: false,
    kept: true,
  },
  {
    name: 'a shorter chain, with a kept checkpoint',
    text: textOf(await buildExport(key, { batches: [2, 1], signed: [] })),
    isIntact: false,
    kept: true,
  },
]

let failures = 0
for (const { name, text, isIntact, kept: isKept, options = [] } of CASES) {
  const file = write('export.ndjson', text)
  const judged = judge(
    name,
    [python, ...options, script, file, ...(isKept ? [kept] : [])],
    [file, ...(isKept ? ['--checkpoint', kept] : [])],
  )
  const isRight = judged.isIntact.python === isIntact && judged.isIntact.cli === isIntact
  if (!isRight) failures += 1
  console.log(`${isRight ? 'ok' : 'NOT OK'} ${name}: ${judged.said}`)
}
rmSync(scratch, { recursive: true, force: true })
process.exitCode = failures === 0 ? 0 : 1
