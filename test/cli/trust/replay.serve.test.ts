/**
 * From exchanges at a running gateway to a plan that names who loses, against what the exchanges
 * themselves say; then `apply --message`, `trust log`, `trust blame` and `rollback`.
 */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  adminToken,
  startWorld,
  trustDocument,
  type World,
} from '../../conformance/support/world.ts'
import { adminPolicy } from '../../support/admin-policy.ts'
import { spawnCli } from '../support/run.ts'
import { until } from '../support/serve.ts'

const REFS = ['refs/heads/main', 'refs/heads/release', 'refs/heads/next'] as const
const EACH = 5
let world: World
let flags: readonly string[]
let proposed: string

const cli = (...args: readonly string[]) => spawnCli([...args, ...flags])
const subjectOf = (ref: string) => `repo:acme/api:ref:${ref}`

beforeAll(async () => {
  world = await startWorld((issuer) => ({ BOOTSTRAP_TRUST: adminPolicy(issuer) }))
  const folder = dirname(world.trustFile)
  const token = join(folder, 'admin.jwt')
  writeFileSync(token, await adminToken(world))
  flags = ['--url', world.url(), '--token-file', token]
  const document = trustDocument(world.issuer.issuer)
  const [rule] = document.rules
  const when = { ...rule?.when, ref: REFS[0] }
  proposed = join(folder, 'proposed.json')
  writeFileSync(proposed, JSON.stringify({ ...document, rules: [{ ...rule, when }] }))
  for (let round = 0; round < EACH; round += 1) {
    for (const ref of REFS) {
      const claims = { ref, sub: subjectOf(ref), run_id: `${round}`, environment: null }
      const response = await world.exchange(await world.mint({ claims }))
      if (response.status !== 200) throw new Error(await response.text())
    }
  }
  const refused = await world.exchange(await world.mint({ claims: { repository_id: '7' } }))
  expect(refused.status).toBe(400)
  await until(async () => {
    const { stdout } = await cli('decisions', 'list', '--issuer', 'github', '--json')
    return (JSON.parse(stdout) as { decisions: unknown[] }).decisions.length > EACH * REFS.length
  })
})
afterAll(() => world.close())

type Listed = { readonly subject: string; readonly decisions: number }

describe('a narrowing at a running gateway', () => {
  it('LOG-21 names exactly the identities that lose', async () => {
    const { stdout, exitCode } = await cli('plan', proposed, '--replay', '1h', '--json')
    expect(exitCode).toBe(4)
    const { replay, changes } = JSON.parse(stdout) as {
      changes: readonly object[]
      replay: {
        replayed: number
        inexact: object
        loses: { identities: readonly Listed[] }
        gains: object
      }
    }
    expect(changes).toMatchObject([{ name: 'deploy', effect: 'narrowed' }])
    expect(replay.replayed).toBe(EACH * REFS.length + 1)
    expect(replay.inexact).toEqual({ decisions: 0, missing: {} })
    const lost = REFS.slice(1).map((ref) => ({ subject: subjectOf(ref), decisions: EACH }))
    const found = replay.loses.identities.map(({ subject, decisions }) => ({ subject, decisions }))
    expect(found.toSorted((a, b) => (a.subject < b.subject ? 1 : -1))).toEqual(lost)
    expect(replay.gains).toEqual({ decisions: 0, identities: [] })
  })

  it('is applied with a message, shown, blamed and rolled back', async () => {
    const applied = await cli('apply', proposed, '--message', 'only main deploys', '--json')
    expect(applied.exitCode).toBe(0)
    const summary = JSON.parse(applied.stdout) as { token_id: string; digest: string }
    expect(summary).toMatchObject({ revision: 2, message: 'only main deploys' })
    // The token leads to the decision that issued it.
    const { stdout } = await cli('decisions', 'list', '--token-id', summary.token_id, '--json')
    expect(JSON.parse(stdout)).toMatchObject({ decisions: [{ rule: 'administer' }] })
    const log = await cli('trust', 'log')
    expect(log.stdout).toMatch(/^2 {2}\S+Z {2}admin:\S+ {2}only main deploys\n1 {2}/)
    const blame = await cli('trust', 'blame', 'deploy')
    expect(blame.stdout).toMatch(/^2 {2}\S+ {2}\S+ {2}deploy \(changed\) {2}only main deploys\n$/)
    const diff = await cli('trust', 'diff', '1', '2')
    expect(diff.stdout).toContain('~ rule deploy (narrowed)\n')
    const back = await cli('rollback', '1', '--json')
    expect(JSON.parse(back.stdout)).toMatchObject({ revision: 3, message: 'rollback to 1' })
    expect(back.stderr).toContain('~ rule deploy (widened)\n')
    // Nothing else changed the document meanwhile, so the first one is in force again.
    const { stderr } = await cli('plan', world.trustFile)
    expect(stderr).toContain('edgemint: 0 changes against revision 3\n')
  })

  it('says which revision is unknown', async () => {
    for (const args of [
      ['trust', 'diff', '99'],
      ['rollback', '99'],
    ]) {
      const { stderr, exitCode } = await cli(...args)
      expect([exitCode, stderr]).toEqual([
        1,
        expect.stringContaining('there is no revision 99\nedgemint: hint: npx edgemint trust log'),
      ])
    }
  })
})
