/** The `ask` commands about times: tokens that outlive their task, and the document of a moment. */
import { describe, expect, it } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text')]

describe('edgemint ask outliving', () => {
  const ID = 'dec_AQGiIpBI__ARrf0R24hOWA'
  const record = (token: string, ends: readonly (number | undefined)[]) => ({
    ...{ v: 1, id: ID, at: 1, outcome: 'granted', rule: 'deploy', token_id: token },
    ...{ expires_at: ends[0], subject_token_expires_at: ends[1] },
  })
  const outliving = (...args: readonly string[]) => runCli(['ask', 'outliving', ...flags, ...args])
  const page = (decisions: readonly object[], next?: string) => ({
    status: 200,
    body: { decisions, from: 0, to: 1, complete: next === undefined, next },
  })
  const all = [
    record('a', [1_795_000_600, 1_795_000_000]),
    record('b', [1_795_000_000, 1_795_000_000]),
    record('c', [1_795_003_600, 1_795_000_000]),
    record('d', [1_795_003_600, undefined]),
  ]

  it('compares each token with its subject token, the longest first', async () => {
    gateway.answer(() => page(all))
    const { stdout, stderr, exitCode } = await outliving()
    expect(exitCode).toBe(0)
    expect(stdout).toBe(`3600 s  until 2026-11-18T12:06:40Z  deploy  -  -  c  ${ID}
600 s  until 2026-11-18T11:16:40Z  deploy  -  -  a  ${ID}
`)
    expect(stderr).toBe(
      'edgemint: 2 of 3 tokens outlive their subject token; of 1 more, one of the two ends is not recorded\n',
    )
    const { searchParams } = new URL(gateway.asked[0]?.path ?? '', gateway.url)
    expect(searchParams.get('outcome')).toBe('granted')
    expect(Number(searchParams.get('from'))).toBeCloseTo(Date.now() / 1000 - 7 * 86_400, -2)
  })

  it('leaves out a short time, and passes on its filters', async () => {
    gateway.answer(() => page(all))
    const given = ['--by', '600', '--rule', 'deploy', '--from', '2026-11-01', '--json']
    expect(JSON.parse((await outliving(...given)).stdout)).toMatchObject({
      ...{ compared: 3, unknown: 1, complete: true },
      tokens: [{ token_id: 'c', outlives_by_seconds: 3600, subject: null }],
    })
    expect(gateway.asked[0]?.path).toContain('from=2026-11-01&rule=deploy&outcome=granted')
    expect((await outliving('--by', '600')).stderr).toContain(
      '1 of 3 tokens outlive their subject token by more than 600 s; of 1 more',
    )
  })

  it('says that it has not compared every token', async () => {
    gateway.answer(() => page(all, 'more'))
    const { stdout, stderr } = await outliving('--limit', '4', '--json')
    expect(JSON.parse(stdout).complete).toBe(false)
    expect(stderr).toContain('older tokens were not compared: raise --limit above 4')
  })

  it('says that retention has deleted a part of the period', async () => {
    const { status, body } = page(all)
    gateway.answer(() => ({ status, body: { ...body, purged_to: 1_795_000_000_000 } }))
    const { stdout, stderr } = await outliving('--json')
    expect(JSON.parse(stdout)).toMatchObject({ compared: 3, complete: false })
    expect(stderr).toContain('retention has deleted decisions up to 2026-11-18T11:06:40.000Z')
    expect(stderr).not.toContain('--limit')
  })

  it('says that damaged rows were left out', async () => {
    const { status, body } = page(all)
    gateway.answer(() => ({ status, body: { ...body, damaged_to: 1_795_000_000_000 } }))
    const { stdout, stderr } = await outliving('--json')
    expect(JSON.parse(stdout)).toMatchObject({ compared: 3, complete: false })
    expect(stderr).toContain('damaged rows with decisions up to 2026-11-18T11:06:40.000Z')
  })

  it('passes on why a period or a log cannot be searched', async () => {
    const detail = 'nothing was searched: `from` begins more than 366 days before `to`'
    gateway.answer(() => ({ status: 400, body: { detail } }))
    expect((await outliving('--from', '1', '--to', '2')).stderr).toContain(detail)
    const off = 'this deployment keeps no decisions: bind a Durable Object namespace'
    gateway.answer(() => ({ status: 501, body: { detail: off } }))
    const refused = { exitCode: 1, stdout: '', stderr: `edgemint: refused: ${off} (501)\n` }
    expect(await outliving()).toEqual(refused)
    expect(gateway.asked).toHaveLength(2)
  })

  it.each([
    ['--by', 'x'],
    ['--limit', '0'],
    ['--limit', '-1'],
  ])('refuses %s %s', async (...args) => {
    expect((await outliving(...args)).exitCode).toBe(2)
    expect(gateway.asked).toEqual([])
  })
})

describe('edgemint ask in-force', () => {
  const revision = (number: number, at: string, change: object = {}) => ({
    ...{ revision: number, digest: `sha256:0${number}`, author: 'ops', kept: true },
    applied_at: Date.parse(at) / 1000,
    ...change,
  })
  const REVISIONS = [
    revision(3, '2026-03-01T00:00:00Z'),
    revision(2, '2026-02-01T00:00:00Z', { message: 'Add gitlab.' }),
    revision(1, '2026-01-01T00:00:00Z', { kept: false }),
  ]
  const inForce = (at: string, ...args: readonly string[]) => {
    gateway.answer(({ path }) => {
      if (path.startsWith('/admin/v1/trust/revisions')) {
        const before = new URLSearchParams(path.split('?')[1]).get('before')
        const [first, ...rest] = REVISIONS
        const body = before === null ? { revisions: [first], next: 3 } : { revisions: rest }
        return { status: 200, body }
      }
      const asked = /revision=(\d+)/.exec(path)?.[1]
      return { status: 200, body: { version: 1 }, headers: { etag: `"${asked}"` } }
    })
    return runCli(['ask', 'in-force', '--at', at, ...flags, ...args])
  }

  it('shows the document of the revision, who applied it and why', async () => {
    const { stdout, stderr, exitCode } = await inForce('2026-02-15T03:12:00Z')
    expect(exitCode).toBe(0)
    expect(stdout).toBe(`# revision 2, applied 2026-02-01T00:00:00Z by ops
# Add gitlab.
# replaced 2026-03-01T00:00:00Z
version: 1
`)
    expect(stderr).toBe('edgemint: revision 2 was in force at 2026-02-15T03:12:00Z\n')
  })

  it('is still in force, or was since that second', async () => {
    expect((await inForce('2026-03-02')).stdout).toContain('# still in force\n')
    const { stdout } = await inForce('2026-03-01T00:00:00Z', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ revision: { revision: 3 }, until: null })
  })

  it.each([
    ['2026-01-15T00:00:00Z', 1, 'its document is no longer stored'],
    ['2025-12-31T23:59:59Z', 1, 'no trust document was in force'],
    ['2099-01-01T00:00:00Z', 2, '--at is in the future'],
    ['2099-01-01', 2, '--at is in the future (2099-01-02T00:00:00Z)'],
    ['2099-01-01', 2, 'hint: a date means the end of that day'],
    ['yesterday', 2, '--at must be a UTC time'],
  ])('refuses %s', async (at, code, sentence) => {
    const { stderr, stdout, exitCode } = await inForce(at)
    expect([exitCode, stdout]).toEqual([code, ''])
    expect(stderr).toContain(sentence)
  })
})
