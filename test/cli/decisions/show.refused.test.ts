/** `edgemint decisions show` with an argument that is no id of a decision. */
import { expect, it } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text')]
const ID = 'dec_AQGiIpBI__ARrf0R24hOWA'

it.each([
  ['a part of one', 'dec_AQGiIpBI__ARrf0R24hO'],
  ['a long text', `dec_${'A'.repeat(70_000)}`],
  ['the path of another endpoint', '..'],
  ['a path', `${ID}/../../trust`],
  ['a query', `${ID}?x`],
])('refuses before it sends anything what is no id: %s', async (_, id) => {
  const { exitCode, stderr } = await runCli(['decisions', 'show', id, ...flags])
  expect([exitCode, stderr.split('\n')[0]]).toEqual([
    2,
    'edgemint: ID is no decision id: it is dec_ and 22 characters, which name a shard and a time',
  ])
  expect(gateway.asked).toEqual([])
})
