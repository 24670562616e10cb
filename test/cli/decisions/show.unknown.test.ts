/** `decisions show` of a decision that the log does not have. */
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text')]
const ID = 'dec_AQGiIpBI__ARrf0R24hOWA'

test.each([
  [ID, 'decision-not-found', true],
  [ID, 'another', false],
])(
  'decisions show %s with the problem %s says how to find it in an export: %s',
  async (id, name, says) => {
    const body = { type: `urn:edgemint:problem:${name}`, detail: 'the log does not have it' }
    gateway.answer(() => ({ status: 404, body }))
    const { stderr, exitCode } = await runCli(['decisions', 'show', id, ...flags])
    expect([exitCode, stderr.includes(`: zgrep -h ${id} FILE`)]).toEqual([1, says])
  },
)
