/** More connections than descriptors, and a workerd that ends: the gateway answers afterwards. */
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Started } from '../../../../scripts/processes.ts'
import { openSocket, renderRequest, sendRaw, statusesOf } from '../../support/raw.ts'
import { CLI, prepareServe, until } from '../../support/serve.ts'

const { newState, serve, start } = prepareServe()

const isHealthy = async ({ ready }: Started) => {
  const answer = await fetch(`${String(ready.url)}/health`).catch(() => undefined)
  await answer?.arrayBuffer()
  return answer?.status === 200
}

const workerdOf = (state: string) => Number(readFileSync(join(state, 'workerd.pid'), 'utf8'))

function connectMany(url: string, count: number, firstBytes: string): Promise<readonly Socket[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const socket = openSocket(url).on('error', () => {})
      await once(socket, 'connect')
      if (firstBytes !== '') socket.write(firstBytes)
      return socket.resume()
    }),
  )
}

it.each([
  ['idle connections', ''],
  ['half-sent heads', 'GET /health HTTP/1.1\r\nHo'],
])('1,100 %s at a limit of 1,024 descriptors end nothing', async (_name, firstBytes) => {
  const state = newState()
  const command = `ulimit -n 1024 && exec "$0" "$1" serve --port 0 --state "$2"`
  const gateway = await start('sh', ['-c', command, process.execPath, CLI, state])
  const url = String(gateway.ready.url)
  const workerd = workerdOf(state)
  const sockets = await connectMany(url, 1100, firstBytes)
  // Those beyond the bound were refused: that frees no room for others.
  const answer = await sendRaw(url, renderRequest('GET /health HTTP/1.1', ['localhost']))
  expect([[503], []]).toContainEqual(statusesOf(answer))
  for (const socket of sockets) socket.destroy()
  await until(() => isHealthy(gateway))
  expect(await fetch(`${url}/revoke`, { method: 'POST' })).toMatchObject({ status: 415 })
  expect(workerdOf(state)).toBe(workerd)
  expect(gateway.said()).not.toContain('ended unexpectedly')
})

it('workerd that ends is started again on the same state, and ends with the gateway', async () => {
  const state = newState()
  const gateway = await serve(['--state', state])
  const before = workerdOf(state)
  process.kill(before, 'SIGKILL')
  await until(() => gateway.said().includes('workerd ended unexpectedly and was started again'))
  expect(await isHealthy(gateway)).toBe(true)
  const after = workerdOf(state)
  expect(after).not.toBe(before)
  await gateway.stop('SIGKILL')
  await until(() => !isRunning(after))
})

it('workerd that ends again and again ends the gateway with a sentence', async () => {
  const state = newState()
  const gateway = await serve(['--state', state])
  let killed = 0
  let isGone = false
  const ended = until(() => !isRunning(gateway.pid)).then(() => {
    isGone = true
  })
  await until(() => {
    // The guard removes the file before it writes the next one.
    const workerd = existsSync(join(state, 'workerd.pid')) ? workerdOf(state) : killed
    if (workerd !== killed && isRunning(workerd)) {
      killed = workerd
      process.kill(workerd, 'SIGKILL')
    }
    return isGone
  })
  await ended
  expect(gateway.said()).toMatch(
    /^edgemint: workerd ended .* again.*\nedgemint: hint: the state is kept/m,
  )
})

/** Not one that has ended and waits for its parent to look. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
