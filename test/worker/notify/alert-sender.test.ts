import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
} from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { importKeyRing, type KeyRing, publishedKeys } from '../../../src/core/tokens/keyring.ts'
import {
  ALERT_ATTEMPTS,
  ALERT_RETRY_MILLISECONDS,
  MAX_ALERT_FACT_CHARACTERS,
  MAX_ALERTS_PER_MINUTE,
} from '../../../src/worker/limits.ts'
import type { Alert } from '../../../src/worker/notify/alert.ts'
import {
  type AlertSenderOptions,
  createAlertSender,
} from '../../../src/worker/notify/alert-sender.ts'

const START = Date.parse('2027-03-01T12:00:00Z')
const URL_WITH_SECRET = 'https://hooks.test/T0/word-of-the-path'
const ALERT: Alert = {
  type: 'budget_exceeded',
  at: START / 1000 - 5,
  decisionId: 'dec_one',
  rule: 'deploy',
  issuer: 'github',
  resource: 'https://api.test',
  facts: { grants: 1 },
}

let ring: KeyRing
let lines: string[] = []
let requests: { readonly url: string; readonly init: RequestInit; readonly at: number }[] = []

beforeAll(async () => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = JSON.stringify({ ...(await exportJWK(privateKey)), alg: 'ES256' })
  ring = (await importKeyRing([{ name: 'SIGNING_KEY_A', jwk }])).ring
})

beforeEach(() => {
  vi.useFakeTimers({ now: START })
  lines = []
  requests = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line))
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

type Answer = number | 'fails' | 'hangs'

/** Answers one request after the other; the last answer stays. */
function answerWith(...answers: readonly Answer[]): void {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init = {}) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)] ?? 202
    requests.push({ url: String(input), init: init as RequestInit, at: Date.now() })
    if (answer === 'fails') throw new TypeError('connection refused')
    if (answer !== 'hangs') return new Response(null, { status: answer })
    return new Promise((_, reject) => {
      const { signal } = init as RequestInit
      signal?.addEventListener('abort', () => reject(new Error('aborted')))
    })
  })
}

const createSender = (change: Partial<AlertSenderOptions> & { readonly keys?: KeyRing } = {}) =>
  createAlertSender({
    url: 'url' in change ? change.url : URL_WITH_SECRET,
    gatewayIssuer: 'https://sts.test',
    loadKeyRing: () => change.keys ?? ring,
    newTokenId: () => crypto.randomUUID(),
    now: Date.now,
    ...(change.loadKeyRing && { loadKeyRing: change.loadKeyRing }),
  })

async function send(sendAlert = createSender(), alert = ALERT): Promise<void> {
  let hasEnded = false
  const sent = sendAlert(alert).then(() => {
    hasEnded = true
  })
  await vi.advanceTimersByTimeAsync(29_000)
  // The platform ends what runs behind an answer after 30 seconds.
  expect(hasEnded).toBe(true)
  await sent
}

const events = () => lines.map((line) => JSON.parse(line) as { event: string; fault?: string })
const faults = () => events().flatMap(({ fault }) => fault ?? [])
const bodyOf = (index = 0) => String(requests[index]?.init.body)

describe('an alert', () => {
  it('SE-01 SE-06 SE-07 SE-08 SE-09 SE-10 SE-13 LOG-11 is one request with a token that the published keys verify', async () => {
    answerWith(202)
    await send()
    expect(requests).toMatchObject([
      {
        url: URL_WITH_SECRET,
        init: {
          method: 'POST',
          redirect: 'manual',
          headers: { 'content-type': 'application/secevent+jwt' },
        },
      },
    ])
    expect(decodeProtectedHeader(bodyOf()).typ).toBe('secevent+jwt')
    expect(decodeJwt(bodyOf()).aud).toBe('https://hooks.test')
    const [jwk] = publishedKeys(ring, START / 1000, 3600)
    if (jwk === undefined) throw new Error('no key is published')
    const { payload } = await jwtVerify(bodyOf(), await importJWK(jwk, 'ES256'), {
      typ: 'secevent+jwt',
      issuer: 'https://sts.test',
      audience: 'https://hooks.test',
    })
    expect(payload).toEqual({
      iss: 'https://sts.test',
      aud: 'https://hooks.test',
      iat: START / 1000,
      jti: expect.any(String),
      toe: START / 1000 - 5,
      txn: 'dec_one',
      events: {
        'urn:edgemint:event:budget_exceeded': {
          reason: 'a job asked for more tokens than its budget allows',
          decision_id: 'dec_one',
          rule: 'deploy',
          issuer: 'github',
          resource: 'https://api.test',
          grants: 1,
        },
      },
    })
    expect(faults()).toEqual([])
  })

  it('is a line of the log before its delivery, without the URL', async () => {
    answerWith('fails')
    const sent = send()
    expect(events()).toEqual([{ event: 'alert', ...ALERT }])
    await sent
    expect(lines.join()).not.toContain('word-of-the-path')
  })

  it('is only logged without a webhook', async () => {
    answerWith(202)
    await send(createSender({ url: undefined }))
    expect([requests.length, events().length]).toEqual([0, 1])
  })

  it('cannot name members of the event by its facts', async () => {
    answerWith(202)
    await send(createSender(), { ...ALERT, facts: { rule: 'other', commit: 'a'.repeat(1000) } })
    const { events: named } = decodeJwt<{ events: Record<string, Record<string, string>> }>(
      bodyOf(),
    )
    const event = named['urn:edgemint:event:budget_exceeded']
    expect([event?.rule, event?.commit?.length]).toEqual(['deploy', MAX_ALERT_FACT_CHARACTERS])
  })
})

describe('the delivery of an alert', () => {
  it.each<readonly [string, readonly Answer[], number, string | undefined]>([
    ['is repeated after a failure', ['fails', 500, 200], 3, undefined],
    ['ends after some attempts', ['fails'], ALERT_ATTEMPTS, 'unreachable'],
    ['LOG-12 does not wait for a receiver that hangs', ['hangs'], ALERT_ATTEMPTS, 'unreachable'],
    ['is repeated if the receiver asks for it', [429, 503], ALERT_ATTEMPTS, 'status_not_2xx'],
    ['is repeated if the receiver waited too long for it', [408, 202], 2, undefined],
    ['SE-02 is not repeated if the receiver refuses it', [400], 1, 'status_not_2xx'],
    ['LOG-12 follows no redirect', [302], 1, 'redirected'],
  ])('%s', async (_, answers, count, fault) => {
    answerWith(...answers)
    await send()
    expect(requests.length).toBe(count)
    expect(faults()).toEqual(fault === undefined ? [] : [fault])
  })

  it('waits longer before each attempt', async () => {
    answerWith('fails')
    await send()
    const times = requests.map(({ at }) => at)
    const waits = times.slice(1).map((at, index) => at - (times[index] ?? 0))
    expect(waits).toEqual([ALERT_RETRY_MILLISECONDS, 2 * ALERT_RETRY_MILLISECONDS])
  })

  it('is not logged as a new alert when it is tried again later', async () => {
    answerWith(202)
    expect(await createSender()(ALERT, true)).toBeUndefined()
    expect([requests.length, events()]).toEqual([1, []])
  })

  it('SE-04 has the same token in each attempt', async () => {
    answerWith(500)
    await send()
    expect(new Set(requests.map(({ init }) => init.body)).size).toBe(1)
  })

  it('is a fault without an active key', async () => {
    answerWith(202)
    await send(createSender({ keys: { keys: [] } }))
    expect([requests.length, faults()]).toEqual([0, ['no_signing_key']])
  })

  it('is a fault if the keys cannot be loaded', async () => {
    answerWith(202)
    const loadKeyRing = () => Promise.reject(new Error('a key is damaged'))
    await send(createSender({ loadKeyRing }))
    expect([requests.length, faults()]).toEqual([0, ['no_signing_key']])
  })

  it('is a fault if the alert is too large', async () => {
    answerWith(202)
    await send(createSender(), { ...ALERT, rule: 'r'.repeat(10_000) })
    expect([requests.length, faults()]).toEqual([0, ['too_large']])
  })

  it('LOG-11 is limited to some in a minute, and every alert is logged', async () => {
    answerWith(202)
    const sendAlert = createSender()
    const flood = Array.from({ length: MAX_ALERTS_PER_MINUTE + 2 }, () => sendAlert(ALERT))
    await Promise.all(flood)
    expect(requests.length).toBe(MAX_ALERTS_PER_MINUTE)
    expect(faults()).toEqual(['too_many', 'too_many'])
    await vi.advanceTimersByTimeAsync(60_000)
    await sendAlert(ALERT)
    expect(requests.length).toBe(MAX_ALERTS_PER_MINUTE + 1)
  })

  it('is limited no longer than usual after the clock was set back', async () => {
    answerWith(202)
    const sendAlert = createSender()
    for (let sent = 0; sent < MAX_ALERTS_PER_MINUTE; sent += 1) await sendAlert(ALERT)
    expect(await sendAlert(ALERT)).toBe('too_many')
    vi.setSystemTime(START - 3_600_000)
    expect(await sendAlert(ALERT)).toBeUndefined()
  })
})
