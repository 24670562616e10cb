/** Reading the decision log of a running gateway, from an exchange to a verified export. */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API, startWorld, type World } from '../../conformance/support/world.ts'
import { ADMIN_ISSUER_PATH, adminPolicy } from '../../support/admin-policy.ts'
import { CLI } from '../support/job.ts'
import { spawnCli } from '../support/run.ts'
import { until } from '../support/serve.ts'

let world: World
let folder: string
let flags: readonly string[]
let granted: string
let denied: string

/** This gateway records every claim, and nothing may contain the canary, so no token has it. */
const WITHOUT_CANARY = { canary: null }

async function adminToken(): Promise<string> {
  const claims = { environment: 'production', ...WITHOUT_CANARY }
  const request = { provider: 'github-actions', audience: world.url(), claims }
  const subjectToken = await world.issuer.mint(request, ADMIN_ISSUER_PATH)
  const body = world.form(subjectToken, { resource: world.url() })
  const response = await fetch(`${world.url()}/token`, { method: 'POST', body })
  return ((await response.json()) as { access_token: string }).access_token
}

async function decide(claims: Readonly<Record<string, unknown>>): Promise<string> {
  const response = await world.exchange(
    await world.mint({ claims: { ...WITHOUT_CANARY, ...claims } }),
  )
  return String(((await response.json()) as { decision_id?: string }).decision_id)
}

const cli = (...args: readonly string[]) => spawnCli([...args, ...flags])

beforeAll(async () => {
  world = await startWorld((issuer) => ({
    BOOTSTRAP_TRUST: adminPolicy(issuer),
    DECISION_SHARDS: '2',
    DECISION_CLAIMS: 'all',
  }))
  folder = join(dirname(world.trustFile), 'audit')
  mkdirSync(folder)
  const token = join(folder, 'admin.jwt')
  writeFileSync(token, await adminToken())
  flags = ['--url', world.url(), '--token-file', token]
  granted = await decide({})
  denied = await decide({ repository_id: '7' })
  await until(async () => {
    const { stdout } = await cli('decisions', 'list', '--issuer', 'github', '--json')
    return (JSON.parse(stdout) as { decisions: unknown[] }).decisions.length === 2
  })
})
afterAll(() => world.close())

describe('the decision log of a running gateway', () => {
  it('lists decisions, the newest first', async () => {
    const { stdout, exitCode } = await cli('decisions', 'list', '--issuer', 'github')
    expect(exitCode).toBe(0)
    const subject = 'repo:acme@1234567/api@456789012:environment:production'
    expect(stdout.replace(/^\S+/gm, 'TIME').split('\n')).toEqual([
      `TIME  denied: no_rule_matched  ${API}  github  ${subject}  ${denied}`,
      `TIME  granted: deploy  ${API}  github  ${subject}  ${granted}`,
      '',
    ])
  })

  it('filters by a claim', async () => {
    const { stdout } = await cli('decisions', 'list', '--claim', 'repository_id=7')
    expect(stdout.trimEnd().split('\n')).toEqual([expect.stringContaining(denied)])
  })

  it('shows why a token was refused', async () => {
    const { stdout, exitCode } = await cli('decisions', 'show', denied)
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`${denied}\n`)
    expect(stdout).toContain('  result: denied: no_rule_matched\n')
    expect(stdout).toContain('  claims.repository_id: 7\n')
    expect(stdout).toContain(`explanation (complete, document, revision 1)
  denied: no rule from github matches
  deploy: does not match: repository_id must be "456789012", but it is "7"
nearest: deploy
`)
  })

  it('explains as `edgemint explain` does with the recorded claims', async () => {
    const { stdout } = await cli('decisions', 'show', granted, '--json')
    const { decision, explanation } = JSON.parse(stdout) as {
      decision: { claims: object; asked: { resource: string }; at: number }
      explanation: { evaluation: object; summary: string; rules: object; agrees: boolean }
    }
    const claims = join(folder, 'claims.json')
    writeFileSync(claims, JSON.stringify(decision.claims))
    const at = new Date(decision.at).toISOString().replace(/\.\d+Z$/, 'Z')
    const offline = await spawnCli([
      ...['explain', '--trust', world.trustFile, '--issuer', 'github', '--claims', claims],
      ...['--resource', decision.asked.resource, '--at', at, '--json'],
    ])
    const expected = JSON.parse(offline.stdout) as {
      decision: object
      explanation: { summary: string; rules: object }
    }
    expect(explanation.agrees).toBe(true)
    expect(explanation.evaluation).toEqual(expected.decision)
    expect(explanation.summary).toBe(expected.explanation.summary)
    expect(explanation.rules).toEqual(expected.explanation.rules)
  })

  it('says what is wrong with an id or a filter', async () => {
    const unknown = `${granted.slice(0, -4)}AAAA`
    expect(await cli('decisions', 'show', unknown)).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /does not have this decision\..* beyond DECISION_MAX_RECORDS: look/,
      ),
    })
    const { stderr, exitCode } = await cli('decisions', 'list', '--from', 'monday')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('edgemint: --from is no time: use epoch seconds or UTC')
  })

  it('shows new decisions until it is stopped', async () => {
    const followed: string[] = []
    const follow = startFollow(flags, (line) => followed.push(line))
    const ids: string[] = []
    // The first question may come after some of these.
    await until(async () => {
      ids.push(await decide({ run_id: String(ids.length) }))
      return followed.length >= 3
    })
    expect(await follow.stop()).toBe(0)
    const seen = followed.map((line) => (JSON.parse(line) as { id: string }).id)
    expect(new Set(seen).size).toBe(seen.length)
    for (const id of seen) expect([granted, denied, ...ids]).toContain(id)
  })

  it('exports every shard, and verifies the export with the keys of the gateway', async () => {
    const out = join(folder, 'export')
    const exported = await cli('decisions', 'export', '--out', out, '--json')
    expect(exported.exitCode).toBe(0)
    const { files } = JSON.parse(exported.stdout) as { files: { file: string }[] }
    expect(files.map(({ file }) => file)).toEqual(
      [0, 1].map((shard) => join(out, `decisions-${shard}.ndjson`)),
    )
    const paths = files.map(({ file }) => file)
    const keys = ['--keys', `${world.url()}/jwks.json`, '--issuer', world.url()]
    const verified = await spawnCli(['audit', 'verify', ...paths, ...keys, '--json'])
    const result = JSON.parse(verified.stdout) as {
      files: { records: number; provenSequence: number; lastSequence: number }[]
    }
    expect(verified.exitCode).toBe(0)
    const full = result.files.find(({ records }) => records > 0)
    expect(full?.provenSequence).toBe(full?.lastSequence)
    expect(full?.records).toBeGreaterThanOrEqual(5)
    // An export is never replaced.
    const again = await cli('decisions', 'export', '--out', out)
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('exists already')])
    expect(again.stderr).toContain('export the shards without a file one by one with --shard')
    // Goes on after an interruption, behind the files that are whole.
    const second = join(out, 'decisions-1.ndjson')
    const headerOf = () => readFileSync(second, 'utf8').split('\n')[0]
    const before = headerOf()
    rmSync(second)
    expect((await cli('decisions', 'export', '--out', out, '--shard', '1')).exitCode).toBe(0)
    expect(headerOf()).toBe(before)
    expect((await spawnCli(['audit', 'verify', ...paths, ...keys])).exitCode).toBe(0)
    const file = join(out, 'decisions-0.ndjson')
    const inside = await cli('decisions', 'export', '--out', file)
    expect([inside.exitCode, inside.stderr]).toEqual([
      2,
      expect.stringContaining('not a directory'),
    ])
  })

  it('names the place in an export that was changed', async () => {
    const { stdout: text } = await exportOfShard()
    const lines = text.trimEnd().split('\n')
    const at = lines.findIndex((line) => line.includes(denied))
    const end = lines.findIndex((line, index) => index > at && line.includes('"type":"head"'))
    const swapped = lines.findIndex((line) => line.startsWith('{"type":"batch"'))
    const cases: readonly [(copy: string[]) => void, RegExp][] = [
      [
        (copy) => copy.splice(at, 1, (lines[at] ?? '').replace('"denied"', '"deniee"')),
        new RegExp(`:${end + 1}: does not match batch \\d+, which is in the lines from \\d+\n`),
      ],
      [(copy) => copy.splice(at, 1), /:\d+: (?:does not match|is not the head of) batch \d+/],
      [
        (copy) => copy.splice(swapped, 2, lines[swapped + 1] ?? '', lines[swapped] ?? ''),
        new RegExp(`:${swapped + 1}: is neither a batch nor a checkpoint\n`),
      ],
    ]
    for (const [change, place] of cases) {
      const copy = [...lines]
      change(copy)
      const file = join(folder, 'changed.ndjson.gz')
      writeFileSync(file, gzipSync(`${copy.join('\n')}\n`))
      const { stderr, exitCode } = await spawnCli(['audit', 'verify', file])
      expect(exitCode).toBe(1)
      expect(stderr).toMatch(place)
    }
  })
})

async function exportOfShard() {
  for (const shard of ['0', '1']) {
    const exported = await cli('decisions', 'export', '--shard', shard)
    if (exported.stdout.includes(denied)) return exported
  }
  throw new Error('no shard has the decision')
}

type Follow = { readonly stop: () => Promise<number | null> }

function startFollow(access: readonly string[], take: (line: string) => void): Follow {
  const args = ['decisions', 'follow', '--json', '--issuer', 'github', '--interval', '1', ...access]
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  createInterface({ input: child.stdout }).on('line', take)
  return {
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}
