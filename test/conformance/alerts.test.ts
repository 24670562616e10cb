/** The alerts of a gateway, received and verified by the example receiver. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Started, startProcess } from '../../scripts/processes.ts'
import { freePort } from './support/docs/free-port.ts'
import { API, root, startWorld, trustDocument, type World } from './support/world.ts'

let world: World
let receiver: Started
let jobs = 0

const ALERT_HEADERS = { 'content-type': 'application/secevent+jwt' }

type Event = Readonly<Record<string, unknown>>

beforeAll(async () => {
  // The receiver needs the address of the gateway, and the gateway that of the receiver.
  const port = await freePort()
  const webhook = `http://127.0.0.1:${port}/alerts/word-of-the-path`
  world = await startWorld(
    () => ({ ALERT_WEBHOOK_URL: webhook }),
    (issuer) => {
      const { rules, ...rest } = trustDocument(issuer)
      const [deploy] = rules
      const grant = { ...deploy?.grant, budget: { grants: 1, on_excess: 'deny' } }
      return { ...rest, rules: [{ ...deploy, grant }] }
    },
  )
  receiver = await startProcess(process.execPath, [join(root, 'examples/alerts/receiver.ts')], {
    ISSUER: world.url(),
    PORT: port,
  })
})
afterAll(async () => {
  await receiver.stop()
  await world.close()
})

const exchange = async (job: string, claims: object = {}) => {
  const token = await world.mint({ claims: { check_run_id: job, ...claims } })
  return (await world.exchange(token)).status
}
const newJob = () => {
  jobs += 1
  return `${jobs}`
}
const received = (): readonly Event[] =>
  receiver
    .said()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Event)
const ofType = (type: string) =>
  received().filter((event) => event.type === `urn:edgemint:event:${type}`)

describe('an alert of a gateway', () => {
  it('REP-06 arrives when a job exceeds its budget, once for the job', async () => {
    const job = newJob()
    expect([await exchange(job), await exchange(job), await exchange(job)]).toEqual([200, 400, 400])
    await vi.waitFor(() => expect(ofType('budget_exceeded')).toHaveLength(1), { timeout: 20_000 })
    expect(ofType('budget_exceeded')).toEqual([
      {
        type: 'urn:edgemint:event:budget_exceeded',
        at: expect.any(Number),
        reason: 'a job asked for more tokens than its budget allows',
        decision_id: expect.stringMatching(/^dec_/),
        rule: 'deploy',
        issuer: 'github',
        resource: API,
        per: 'check_run_id',
        grants: 1,
        outcome: 'denied',
      },
    ])
    expect(world.said()).toContain('"event":"alert"')
    expect(world.said()).not.toContain('word-of-the-path')
    const other = newJob()
    await exchange(other)
    await exchange(other)
    await vi.waitFor(() => expect(ofType('budget_exceeded')).toHaveLength(2), { timeout: 20_000 })
  })

  it('REP-07 arrives for a new commit of the workflow, and names its decision', async () => {
    const commits = ['a', 'a', 'b'].map((letter) => letter.repeat(40))
    for (const job_workflow_sha of commits) {
      expect(await exchange(newJob(), { job_workflow_sha })).toBe(200)
      // Decisions travel in batches, and the first commit must be known before the second.
      await new Promise((resolve) => setTimeout(resolve, 1500))
    }
    const isNew = (event: Event) => event.workflow_commit === 'b'.repeat(40)
    await vi.waitFor(() => expect(ofType('new_workflow_commit').filter(isNew)).toHaveLength(1), {
      timeout: 20_000,
    })
    expect(ofType('new_workflow_commit').find(isNew)).toMatchObject({
      rule: 'deploy',
      resource: API,
      decision_id: expect.stringMatching(/^dec_/),
    })
  })

  it('LOG-11 SE-06 is refused by the receiver if it is not from this gateway', async () => {
    const { url } = receiver.ready
    const forged = await fetch(String(url), {
      method: 'POST',
      headers: ALERT_HEADERS,
      body: await world.mint(),
    })
    expect(forged.status).toBe(400)
  })

  it('is asked for again by a receiver that has no keys of the gateway', async () => {
    const path = join(root, 'examples/alerts/receiver.ts')
    const ISSUER = `http://127.0.0.1:${await freePort()}`
    const keyless = await startProcess(process.execPath, [path], { ISSUER, PORT: '0' })
    try {
      const post = async (body: string) =>
        (await fetch(String(keyless.ready.url), { method: 'POST', headers: ALERT_HEADERS, body }))
          .status
      expect([await post(await world.mint()), await post('no token')]).toEqual([503, 400])
    } finally {
      await keyless.stop()
    }
  })
})

describe('a webhook that does not answer', () => {
  it('LOG-12 neither delays nor changes an exchange', async () => {
    let asked = 0
    let givenUp = 0
    const silent = createServer((_, response) => {
      asked += 1
      response.once('close', () => {
        givenUp += 1
      })
    })
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    const slow = await startWorld(
      () => ({ ALERT_WEBHOOK_URL: `http://127.0.0.1:${port}/` }),
      (issuer) => {
        const { rules, ...rest } = trustDocument(issuer)
        const [deploy] = rules
        const grant = { ...deploy?.grant, budget: { grants: 1, on_excess: 'alert' } }
        return { ...rest, rules: [{ ...deploy, grant }] }
      },
    )
    try {
      for (let times = 0; times < 3; times += 1) {
        expect((await slow.exchange(await slow.mint())).status).toBe(200)
      }
      // The gateway still waits for the webhook, and no exchange did.
      expect(givenUp).toBe(0)
      await vi.waitFor(() => expect(slow.said()).toContain('"alert_undelivered"'), {
        timeout: 40_000,
      })
      expect(asked).toBeGreaterThan(0)
    } finally {
      await slow.close()
      silent.closeAllConnections()
      silent.close()
    }
  })
})
