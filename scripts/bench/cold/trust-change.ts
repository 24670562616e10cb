/**
 * How long a change of the trust document delays other requests of an isolate. A steady trickle of
 * exchanges runs while the isolate asks the store, now with a change and now without one. What the
 * machine itself delays is in both.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { createConnection } from '../client/connection.ts'
import { readCpuNanoseconds } from '../process-stat.ts'
import type { ColdGateway } from './cold-gateway.ts'
import { renderRequest } from './first-requests.ts'

type Window = {
  /** The slowest exchange around the store's answer. */
  readonly slowestMilliseconds: number
  /** CPU time of the process around the store's answer; null where the kernel does not tell. */
  readonly cpuMilliseconds: number | null
}

export type ChangePair = { readonly quiet: Window; readonly changed: Window }

export type ChangeOptions = {
  readonly gateway: ColdGateway
  readonly bodies: readonly string[]
  /** Another document than the stored one. */
  readonly other: object
  readonly pairs: number
}

const TRICKLE_MILLISECONDS = 10
const SAMPLE_MILLISECONDS = 10
/** The answer's own time is that of the store's last input. */
const BEFORE_MILLISECONDS = 50
const AFTER_MILLISECONDS = 300
/** An isolate asks at most this long after a change. */
const LATEST_MILLISECONDS = 30_000
/** Answers that may come before a new document is loaded. */
const MAX_TRIES = 5
const POLL_MILLISECONDS = 100

export async function measureChanges(options: ChangeOptions): Promise<readonly ChangePair[]> {
  const { gateway, other, pairs } = options
  const watch = startWatch(options)
  const result: ChangePair[] = []
  try {
    // The store keeps the forms of both documents, so that no change has to be compiled.
    await nextAnswer(gateway)
    await gateway.put(other)
    // While the store compiles, the isolate may ask in vain.
    let known = await nextAnswer(gateway)
    for (let tries = 1; known.loads < 2; tries += 1) {
      if (tries > MAX_TRIES) throw new Error('the second document was not loaded')
      known = await nextAnswer(gateway)
    }
    // A question whose answer came too late is asked again.
    for (let before = 0; known.loads !== before; known = await nextAnswer(gateway)) {
      before = known.loads
    }
    for (let pair = 0; pair < pairs; pair += 1) {
      const quiet = watch.around((await nextAnswer(gateway)).answeredAt)
      const { loads } = await gateway.counts()
      await gateway.change()
      const answer = await nextAnswer(gateway)
      if (answer.loads !== loads + 1) throw new Error('the change was not loaded once')
      result.push({ quiet, changed: watch.around(answer.answeredAt) })
    }
  } finally {
    await watch.stop()
  }
  return result
}

/** Waits for the store's next answer, and until what follows it has been watched. */
async function nextAnswer(gateway: ColdGateway) {
  const { answers } = await gateway.counts()
  for (let waited = 0; waited < LATEST_MILLISECONDS; waited += POLL_MILLISECONDS) {
    await wait(POLL_MILLISECONDS)
    const counts = await gateway.counts()
    if (counts.answers === answers) continue
    await wait(AFTER_MILLISECONDS + BEFORE_MILLISECONDS)
    return counts
  }
  throw new Error('the isolate does not ask the store')
}

function startWatch({ gateway, bodies }: ChangeOptions) {
  const requests = bodies.map((body) => renderRequest(gateway, body))
  const exchanges: { readonly sentAt: number; readonly endedAt: number }[] = []
  const samples: { readonly at: number; readonly cpu: number }[] = []
  let isRunning = true

  async function trickle(): Promise<void> {
    const connection = createConnection(gateway.host, gateway.port)
    for (let turn = 0; isRunning; turn += 1) {
      const sentAt = Date.now()
      const started = performance.now()
      const { status, body } = await connection.ask(
        requests[turn % requests.length] ?? Buffer.alloc(0),
      )
      if (status !== 200) throw new Error(`/token answered ${status}: ${body}`)
      exchanges.push({ sentAt, endedAt: sentAt + performance.now() - started })
      await wait(TRICKLE_MILLISECONDS)
    }
    connection.close()
  }

  async function sample(): Promise<void> {
    while (isRunning) {
      const cpu = readCpuNanoseconds(gateway.pid)
      if (cpu !== undefined) samples.push({ at: Date.now(), cpu: cpu / 1e6 })
      await wait(SAMPLE_MILLISECONDS)
    }
  }

  const running = Promise.all([trickle(), sample()])
  return {
    around(at: number): Window {
      const [from, to] = [at - BEFORE_MILLISECONDS, at + AFTER_MILLISECONDS]
      const near = exchanges.filter(({ sentAt, endedAt }) => endedAt >= from && sentAt <= to)
      const cpu = samples.filter((one) => one.at >= from && one.at <= to).map((one) => one.cpu)
      const [first, last] = [cpu[0], cpu.at(-1)]
      return {
        slowestMilliseconds: Math.max(...near.map(({ sentAt, endedAt }) => endedAt - sentAt)),
        cpuMilliseconds: first === undefined || last === undefined ? null : last - first,
      }
    },
    async stop() {
      isRunning = false
      await running
    },
  }
}
