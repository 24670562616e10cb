/**
 * An `npx` that answers like wrangler and keeps what it is given, because the real one takes seconds.
 * `deploy.wrangler.test.ts` runs the real one.
 */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll } from 'vitest'

type Call = {
  readonly args: string
  readonly stdin: string
  /** The secrets that `deploy` was given. */
  readonly secrets?: Readonly<Record<string, string>>
}

type State = {
  readonly account?: object
  readonly namespaces?: readonly { readonly id: string; readonly title: string }[]
  readonly secrets?: readonly string[]
  /** The beginning of a command that fails, as often as it stands here. */
  readonly failing?: readonly string[]
}

export type FakeNpx = {
  readonly environment: Readonly<Record<string, string>>
  readonly calls: () => readonly Call[]
  readonly have: (state: State) => void
  readonly state: () => State
}

const PROGRAM = `#!${process.execPath}
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs')
const file = __dirname + '/state'
const state = JSON.parse(readFileSync(file, 'utf8'))
const args = process.argv.slice(3).join(' ')
const call = { args }
const save = (change) => writeFileSync(file, JSON.stringify(Object.assign(state, change)))
const print = (value) => process.stdout.write(JSON.stringify(value) + '\\n')
let stdin = ''
process.stdin.on('data', (chunk) => { stdin += chunk }).on('end', () => {
  call.stdin = stdin
  if (args.startsWith('deploy')) call.secrets = JSON.parse(readFileSync(process.argv.at(-1), 'utf8'))
  appendFileSync(__dirname + '/calls', JSON.stringify(call) + '\\n')
  const at = state.failing.findIndex((one) => args.startsWith(one))
  if (at !== -1) {
    state.failing.splice(at, 1)
    save({})
    process.stderr.write('refused by the test\\n')
    process.exitCode = 1
    return
  }
  if (args === 'whoami --json') print(state.account)
  else if (args === 'kv namespace list') print(state.namespaces)
  else if (args.startsWith('kv namespace create')) {
    save({ namespaces: [...state.namespaces, { id: '1'.padStart(32, '0'), title: process.argv.at(-1) }] })
  } else if (args === 'secret list') {
    if (state.secrets.length === 0) process.exitCode = 1
    else print(state.secrets.map((name) => ({ name, type: 'secret_text' })))
  } else if (args.startsWith('secret put')) save({ secrets: [...state.secrets, process.argv.at(-1)] })
  else if (args.startsWith('deploy')) {
    save({ secrets: [...new Set([...state.secrets, ...Object.keys(call.secrets)])] })
    console.log('Uploaded edgemint')
  }
})
`

const ACCOUNT = { loggedIn: true, accounts: [{ id: 'a', name: 'Example' }] }

export function createFakeNpx(): FakeNpx {
  const folder = mkdtempSync(join(tmpdir(), 'edgemint-npx-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'npx'), PROGRAM)
  chmodSync(join(folder, 'npx'), 0o755)
  const read = (name: string) =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : ''
  const have = (state: State) => {
    const start = { account: ACCOUNT, namespaces: [], secrets: [], failing: [] }
    writeFileSync(join(folder, 'state'), JSON.stringify({ ...start, ...state }))
  }
  have({})
  return {
    environment: { PATH: `${folder}${delimiter}${process.env.PATH}` },
    calls: () =>
      read('calls')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Call),
    have,
    state: () => JSON.parse(read('state')) as State,
  }
}
