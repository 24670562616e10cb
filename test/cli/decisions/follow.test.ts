/** `edgemint decisions follow` as a process, while its gateway is down. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Started, startProcess } from '../../../scripts/processes.ts'
import { root } from '../../conformance/support/world.ts'
import { startGateway } from '../support/gateway.ts'
import { createScratch } from '../support/run.ts'
import { until } from '../support/serve.ts'

const gateway = await startGateway()
const write = createScratch()
const token = write('admin.jwt', 'admin.token.text')
const CLI = join(root, 'dist/cli/shell/main.js')

const page = (ids: readonly string[], to = Date.now()) => ({
  status: 200,
  body: {
    decisions: ids.map((id) => ({
      ...{ v: 1, id, at: Date.now(), outcome: 'granted', rule: 'deploy', issuer: 'ci' },
    })),
    ...{ from: 0, to, complete: true },
  },
})
const FIRST = 'dec_AQGiIpBI__ARrf0R24hOWA'
const SECOND = 'dec_AQGiIpBI__ARrf0R24hOWQ'

/** Ready when it has shown the first decision. */
function follow(retrySeconds: number, to?: number): Promise<Started> {
  gateway.answer(() => page([FIRST], to))
  const flags = ['--url', gateway.url, '--token-file', token, '--interval', '1', '--json']
  return startProcess(process.execPath, [CLI, 'decisions', 'follow', ...flags], {
    EDGEMINT_RETRY_SECONDS: String(retrySeconds),
  })
}

describe('edgemint decisions follow', () => {
  it('shows after an outage of its gateway what was recorded meanwhile, once', async () => {
    const following = await follow(0)
    expect(following.ready).toMatchObject({ id: FIRST })
    gateway.answer(() => ({ status: 503 }))
    await until(() => following.said().split('(status 503); asking again').length > 2)
    const before = gateway.asked.length
    gateway.answer(() => page([SECOND, FIRST]))
    await until(() => gateway.asked.length > before + 1)
    await until(() => following.lines().length > 1)
    await following.stop()
    const shown = following.lines().map((line) => JSON.parse(line).id)
    expect(shown).toEqual([FIRST, SECOND])
  })

  it('asks by the clock of the gateway, because that of this machine may be wrong', async () => {
    const following = await follow(0, 1_000_000_000_999)
    gateway.answer(() => page([FIRST], 1_000_000_100_000))
    const askedFrom = () =>
      gateway.asked.map(({ path }) => new URL(path, gateway.url).searchParams.get('from'))
    // A minute before the time of the last answer.
    await until(() => askedFrom().at(-1) === '1000000040')
    await following.stop()
    expect(askedFrom().slice(0, 2)).toEqual([null, '1000000000'])
    expect(following.lines()).toHaveLength(1)
  })

  it('goes on from the new time after the clock of the gateway was set back', async () => {
    const following = await follow(0, 1_000_000_000_999)
    let now = 999_990_000_500
    gateway.answer(({ path }) => {
      const from = Number(new URL(path, gateway.url).searchParams.get('from') ?? 0) * 1000
      now += 1000
      // As a gateway answers: a period ends after its begin.
      const to = Math.max(now, from) + 1
      return from > 0 && from <= now ? page([SECOND, FIRST], to) : page([], to)
    })
    await until(() => following.lines().length > 1)
    await following.stop()
    expect(following.lines().map((line) => JSON.parse(line).id)).toEqual([FIRST, SECOND])
    expect(following.said()).toContain(
      "the gateway's clock was set back: decisions with the times 2001-09-08T23:00:02Z to 2001-09-09T01:47:40Z may be shown again",
    )
    const froms = gateway.asked.map(({ path }) => /[?&]from=([0-9]+)/.exec(path)?.[1])
    expect(Number(froms.at(-1))).toBeLessThan(999_990_003)
  })

  it('ends at a signal while it waits for its gateway', async () => {
    const following = await follow(300)
    gateway.answer(() => ({ status: 503, headers: { 'retry-after': '60' } }))
    await until(() => following.said().includes('trying again'))
    // Otherwise it would end after the pause of a minute, and this test would not.
    await following.stop()
    expect(following.said()).not.toContain('bug')
  })
})
