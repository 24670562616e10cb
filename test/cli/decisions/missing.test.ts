/** What the commands say about damaged rows of the decision log, against a fake gateway. */
import { describe, expect, it } from 'vitest'
import { type Asked, type Reply, startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text')]

const AT = Date.parse('2026-11-20T12:00:00.123Z')
const decision = {
  ...{ v: 1, id: 'dec_AQGiIpBI__ARrf0R24hOWA', at: AT, outcome: 'granted', rule: 'deploy' },
  ...{ issuer: 'github', subject: 'repo:a', claims: { repository_owner_id: '1' } },
  ...{ expires_at: 1000, subject_token_expires_at: 10 },
}
const DOCUMENT = { version: 1, issuers: { github: { provider: 'github-actions' } } }

/** The first page leaves out damaged rows, the second one does not. */
function serve(decisions: readonly object[] = [decision]): void {
  gateway.answer(({ path }: Asked): Reply => {
    if (path.startsWith('/admin/v1/trust')) {
      return { status: 200, body: DOCUMENT, headers: { etag: '"7"' } }
    }
    if (path.startsWith('/admin/v1/revocations')) {
      return { status: 200, body: { revocations: [], tokens: 0 } }
    }
    const isLast = path.includes('cursor=')
    const rest = isLast ? { complete: true } : { complete: false, next: 'c', damaged_to: AT }
    return { status: 200, body: { decisions, from: 0, to: AT, ...rest } }
  })
}

const SAID =
  'edgemint: the gateway has damaged rows with decisions up to 2026-11-20T12:00:00.123Z and left them out: look for those in the exports\n'

describe('damaged rows of the decision log', () => {
  it('are named by decisions list, also if more decisions match', async () => {
    serve()
    const { stdout, stderr } = await runCli(['decisions', 'list', '--json', ...flags])
    expect(stderr).toBe(SAID)
    expect(JSON.parse(stdout)).toMatchObject({ complete: true, purged_to: null, damaged_to: AT })
    const cut = await runCli(['decisions', 'list', '--limit', '1', ...flags])
    expect(cut.stderr).toContain('more decisions match')
    expect(cut.stderr).toContain(SAID)
  })

  it('are named by decisions export, which writes the others', async () => {
    const text = [
      '{"type":"edgemint-decisions","shard":0,"after":0}',
      '{"type":"missing","sequence":7,"count":20,"head":"00"}',
      '{"type":"head"}',
      '',
    ].join('\n')
    const shards = { 'edgemint-decision-shards': '1' }
    gateway.answer(() => ({ status: 200, text, headers: shards }))
    const { stdout, stderr } = await runCli(['decisions', 'export', '--shard', '0', ...flags])
    expect([stdout, stderr]).toEqual([
      text,
      'edgemint: shard 0 lacks 20 decisions, in batches up to 7: the gateway cannot read them\n',
    ])
  })

  it('make ask outliving incomplete', async () => {
    serve()
    const { stdout, stderr } = await runCli(['ask', 'outliving', '--json', ...flags])
    expect(JSON.parse(stdout)).toMatchObject({ compared: 2, complete: false })
    expect(stderr).toContain(SAID)
  })

  it('make ask what incomplete, because a newer decision may be among them', async () => {
    serve()
    const args = ['ask', 'what', '--subject', 'repo:a', '--json', ...flags]
    const { stdout, stderr } = await runCli(args)
    expect(JSON.parse(stdout)).toMatchObject({ decision: decision.id, complete: false })
    expect(stderr).toContain(SAID)
    expect(stderr).not.toContain('parts that the gateway cannot use')
    serve([])
    const none = await runCli(args)
    expect(none).toMatchObject({ exitCode: 1, stdout: '' })
    expect(none.stderr).toContain('no decision about the subject repo:a')
    expect(none.stderr).toContain('damaged rows with decisions up to 2026-11-20')
  })
})
