/** Commands that call the admin API without `--url`, after logins at one gateway or at several. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { writeSession } from '../../../src/cli/people/session-file.ts'
import { processIo, withIo } from '../../../src/cli/shell/io.ts'
import { runCli } from '../support/run.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-admin-url-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const [A, B] = ['https://a.example', 'https://b.example'] as const

let count = 0
/** Returns the environment of a user who is logged in at these gateways. */
async function logInAt(...gateways: readonly string[]) {
  count += 1
  const environment = { XDG_STATE_HOME: join(scratch, `user-${count}`) }
  await withIo({ ...processIo(), environment }, async () => {
    for (const gateway of gateways) {
      writeSession({
        gateway,
        access_token: 'x',
        expires_at: 4_000_000_000,
        subject: 'people:ada',
        scopes: [],
        provider: { issuer: 'https://idp.example', client_id: 'edgemint', scopes: [] },
      })
    }
  })
  return environment
}

const REQUIRED = '--url is required'
const EITHER = 'name the keys by either --url or --state'

const COMMANDS = [
  ['apply x.yaml', REQUIRED],
  ['ask outliving', REQUIRED],
  ['ask used', REQUIRED],
  ['ask who --resource x', 'name a file with --trust, or a gateway with --url'],
  ['decisions export --out x', REQUIRED],
  ['decisions follow', REQUIRED],
  ['decisions list', REQUIRED],
  ['decisions show x', REQUIRED],
  ['export --out x', REQUIRED],
  ['import x', REQUIRED],
  ['issuers', REQUIRED],
  ['keys check', EITHER],
  ['keys list', EITHER],
  ['plan x.yaml', REQUIRED],
  ['posture', REQUIRED],
  ['revocations export', REQUIRED],
  ['revocations import x', REQUIRED],
  ['revocations list', REQUIRED],
  ['revoke --jti x', REQUIRED],
  ['rollback 1', REQUIRED],
  ['trust blame x', REQUIRED],
  ['trust diff 1', REQUIRED],
  ['trust log', REQUIRED],
  ['trust show', REQUIRED],
] as const

it.each(COMMANDS)('edgemint %s names the gateway of the only login', async (line, message) => {
  const { exitCode, stderr } = await runCli(line.split(' '), { environment: await logInAt(A) })
  expect([exitCode, stderr]).toEqual([
    2,
    `edgemint: ${message}\nedgemint: hint: you are logged in at ${A}: add --url ${A}\n`,
  ])
})

const VARIABLE = 'this command does not read EDGEMINT_URL: add --url "$EDGEMINT_URL"'

it.each(COMMANDS)('edgemint %s says that it does not read EDGEMINT_URL', async (line, message) => {
  const environment = { ...(await logInAt()), EDGEMINT_URL: 'https://sts.example.com' }
  const { exitCode, stderr } = await runCli(line.split(' '), { environment })
  expect([exitCode, stderr]).toEqual([2, `edgemint: ${message}\nedgemint: hint: ${VARIABLE}\n`])
})

it('names the variable and the logins', async () => {
  const environment = { ...(await logInAt(A)), EDGEMINT_URL: B }
  const { stderr } = await runCli(['issuers'], { environment })
  expect(stderr).toBe(
    `edgemint: ${REQUIRED}\nedgemint: hint: ${VARIABLE}\nedgemint: hint: you are logged in at ${A}: add --url ${A}\n`,
  )
})

it.each([[''], [' ']])('does not name the blank variable "%s"', async (EDGEMINT_URL) => {
  const environment = { ...(await logInAt(A)), EDGEMINT_URL }
  const { stderr } = await runCli(['issuers'], { environment })
  expect(stderr).not.toContain('EDGEMINT_URL')
})

it('names several logins', async () => {
  const { stderr } = await runCli(['issuers'], { environment: await logInAt(B, A) })
  expect(stderr).toBe(
    `edgemint: ${REQUIRED}\nedgemint: hint: you are logged in at ${A}, ${B}: add --url with one of them\n`,
  )
})

it('suggests the help without a login', async () => {
  const { stderr } = await runCli(['issuers'], { environment: await logInAt() })
  expect(stderr).toBe(`edgemint: ${REQUIRED}\nedgemint: hint: npx edgemint issuers --help\n`)
})

it.each([
  ['issuers', REQUIRED],
  ['whoami', REQUIRED],
  ['logout', REQUIRED],
  ['keys list', EITHER],
])(
  'edgemint %s knows no login if the directory of the logins cannot be read',
  async (line, message) => {
    // Root can read every directory, so its name is too long.
    const environment = { XDG_STATE_HOME: `/${'x'.repeat(300)}` }
    const { exitCode, stderr } = await runCli(line.split(' '), { environment })
    expect([exitCode, stderr]).toEqual([
      2,
      `edgemint: ${message}\nedgemint: hint: npx edgemint ${line} --help\n`,
    ])
  },
)
