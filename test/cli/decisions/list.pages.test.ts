/** `edgemint decisions list` prints each page before it asks for the next one. */
import { PassThrough, Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { run } from '../../../src/cli/shell/run.ts'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text')]
const LIST = ['decisions', 'list', '--limit', '2000', ...flags]

const AT = Date.parse('2026-11-20T12:00:00.123Z')
const ID = 'dec_AQGiIpBI__ARrf0R24hOWA'
const decision = { v: 1, id: ID, at: AT, outcome: 'granted', rule: 'deploy', issuer: 'ci' }
const page = (count: number, next: string) => ({
  status: 200,
  body: { decisions: Array(count).fill(decision), from: 0, to: AT, complete: false, next },
})

const answerThenFail = () => {
  gateway.answer(({ path }) =>
    path.includes('cursor=') ? { status: 401, body: { detail: 'no' } } : page(2, 'c1'),
  )
}

it('keeps the lines of earlier pages if a later one fails', async () => {
  answerThenFail()
  const { exitCode, stdout } = await runCli(LIST)
  expect([exitCode, stdout.match(/granted: deploy/g)?.length]).toEqual([1, 2])
})

it('prints the JSON of all pages as one text', async () => {
  const texts = ['"quoted"\n', 'two']
  const pages = texts.map((subject, index) => [{ ...decision, id: `${ID}${index}`, subject }])
  gateway.answer(({ path }) => {
    const isLast = path.includes('cursor=')
    const rest = { from: 0, to: AT, complete: isLast, ...(isLast ? {} : { next: 'c1' }) }
    return { status: 200, body: { decisions: pages[isLast ? 1 : 0], ...rest } }
  })
  const { stdout } = await runCli([...LIST, '--json'])
  const times = { purged_to: null, damaged_to: null }
  const expected = { decisions: pages.flat(), complete: true, ...times }
  expect(stdout).toBe(`${JSON.stringify(expected, null, 2)}\n`)
})

it('prints JSON without a decision', async () => {
  gateway.answer(() => ({
    status: 200,
    body: { decisions: [], from: 0, to: AT, complete: true },
  }))
  const { stdout } = await runCli([...LIST, '--json'])
  const times = { purged_to: null, damaged_to: null }
  expect(stdout).toBe(`${JSON.stringify({ decisions: [], complete: true, ...times }, null, 2)}\n`)
})

it('prints JSON page by page, as fast as somebody reads', async () => {
  gateway.answer(() => page(500, `c${gateway.asked.length}`))
  const stdout = new PassThrough({ highWaterMark: 1 })
  const io = { stdin: Readable.from([]), stdout, stderr: new PassThrough(), environment: {} }
  const ended = run([...LIST, '--json'], io)
  while (stdout.readableLength + stdout.writableLength === 0) await setImmediate()
  for (let turn = 0; turn < 50; turn += 1) await setImmediate()
  expect(stdout.readableLength + stdout.writableLength).toBeLessThan(1000)
  const parts: Buffer[] = []
  stdout.on('data', (part: Buffer) => parts.push(part))
  expect(await ended).toBe(0)
  expect(JSON.parse(Buffer.concat(parts).toString()).decisions).toHaveLength(2000)
})

it('prints no JSON that is cut off', async () => {
  answerThenFail()
  const { exitCode, stdout } = await runCli([...LIST, '--json'])
  expect([exitCode, stdout]).toEqual([1, ''])
})

it('asks for no further page while nobody reads', async () => {
  gateway.answer(() => page(500, `c${gateway.asked.length}`))
  const stdout = new PassThrough({ highWaterMark: 1 })
  const io = { stdin: Readable.from([]), stdout, stderr: new PassThrough(), environment: {} }
  const ended = run(LIST, io)
  while (stdout.readableLength + stdout.writableLength === 0) await setImmediate()
  for (let turn = 0; turn < 50; turn += 1) await setImmediate()
  expect(gateway.asked).toHaveLength(1)
  stdout.resume()
  expect(await ended).toBe(0)
  expect(gateway.asked).toHaveLength(4)
})
