/** SIGTERM and SIGKILL while clients exchange, revoke and change the trust document. */
import { join } from 'node:path'
import { expect, type Step } from './check.ts'
import {
  adminHeaders,
  isActive,
  readDecisionIds,
  readRevision,
  runClients,
  sendTo,
} from './clients.ts'
import { makeHome, readLog, startHome } from './world.ts'

const ROUNDS = 3
const LOAD_MILLISECONDS = 3000
const FLAGS = [
  '--behind-proxy',
  '127.0.0.1',
  '--rate-limit-address',
  'off',
  '--rate-limit-subject',
  'off',
]

export const STOPS: readonly Step[] = (['SIGTERM', 'SIGKILL'] as const).map((signal) => ({
  name: `${signal} under load`,
  run: (scratch) => stopUnderLoad(scratch, signal),
}))

async function stopUnderLoad(scratch: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<string> {
  const home = await makeHome(join(scratch, signal))
  let [decisions, lost, revoked, changes] = [0, 0, 0, 0]
  let gateway = await startHome(home, ['--port', '0', ...FLAGS, '--trust', home.trustFile])
  const { port } = new URL(String(gateway.ready.url))
  const send = sendTo(String(gateway.ready.url))
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      let isStopped = false
      const before = Number(gateway.ready.revision)
      const clients = runClients(home, send, () => isStopped)
      await new Promise((resolve) => setTimeout(resolve, LOAD_MILLISECONDS))
      isStopped = true
      await gateway.stop(signal)
      const seen = await clients
      expect(seen.failures.length === 0, `failures before the stop: ${seen.failures.join(' ')}`)
      if (signal === 'SIGTERM') {
        const last = readLog(gateway.said()).at(-1)
        expect(
          last?.event === 'stopped' && last.cutRequests === 0 && last.lostDecisions === 0,
          `the stop says ${JSON.stringify(last)}`,
        )
      }
      gateway = await startHome(home, ['--port', port, ...FLAGS])
      const headers = await adminHeaders(home, send)
      const revision = await readRevision(send, headers)
      // The last change can be stored without its answer.
      expect(
        revision === seen.revision || revision === seen.revision + 1,
        `revision ${seen.revision} was acknowledged, and ${revision} is in force`,
      )
      for (const token of seen.revoked) {
        expect(!(await isActive(send, token)), 'a revoked token is active')
      }
      const stored = await readDecisionIds(send, headers)
      const missing = seen.decisions.filter((id) => !stored.has(id)).length
      expect(signal === 'SIGKILL' || missing === 0, `${missing} decisions are not in the log`)
      decisions += seen.decisions.length
      revoked += seen.revoked.length
      changes += seen.revision - before
      lost += missing
    }
  } finally {
    await gateway.stop()
  }
  expect(decisions > 0 && revoked > 0 && changes > 0, 'there was no load')
  const kept = `${ROUNDS} times: ${changes} changes and ${revoked} revocations kept`
  return `${kept}; ${lost} of ${decisions} decisions lost`
}
