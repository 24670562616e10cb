/** The layers in front of the revocation log: which of them answers, and what is not believed. */
import { describe, expect, it } from 'vitest'
import { createNearestRevocations } from '../../../../src/worker/caches/revocations/nearest-revocations.ts'
import {
  REVOCATION_CLAIM_SECONDS,
  REVOCATION_COPY_MILLISECONDS,
} from '../../../../src/worker/limits.ts'
import {
  TRUST_LAYER_RETRY_SECONDS,
  TRUST_POINTER_MOST_SECONDS,
} from '../../../../src/worker/trust-layers/limits.ts'

const START = 1_800_000_000_000

type Answer = { readonly sequence: number; readonly published_at: number } | Error | null

function newWorld() {
  let at = START
  const asked: string[] = []
  let kept: unknown
  /** When the claim of each slot ends, by the clock of the cache. */
  const claims = new Map<number, number>()
  const pointer = (sequence: number, publishedAt = Math.floor(at / 1000)) => ({
    v: 2,
    sequence,
    published_at: publishedAt,
    segments: [],
    recent: '',
    before: [],
  })
  const answers: Record<'region' | 'log', () => Answer> = {
    region: () => pointer(1),
    log: () => pointer(1),
  }
  const ask = (name: 'region' | 'log') => async () => {
    asked.push(name)
    const answer = answers[name]()
    if (answer instanceof Error) throw answer
    return answer
  }
  const revoked = new Set<string>()
  let isCacheDown = false
  let areClaimsDown = false
  let isClaimed = false
  const dataCentre = {
    revocations: async () => {
      if (isCacheDown) throw new Error('down')
      return kept
    },
    keepRevocations: async (value: unknown) => {
      kept = value
    },
    isRevoked: async (jti: string) => {
      if (isCacheDown) throw new Error('down')
      return revoked.has(jti)
    },
    keepRevoked: async (jti: string) => {
      if (isCacheDown) throw new Error('down')
      revoked.add(jti)
    },
    claimRevocations: async (slot: number) => {
      if (areClaimsDown) throw new Error('down')
      if (at < (claims.get(slot) ?? 0)) return false
      claims.set(slot, at + REVOCATION_CLAIM_SECONDS * 1000)
      return true
    },
    claim: async () => {
      if (areClaimsDown) throw new Error('down')
      const isMine = !isClaimed
      isClaimed = true
      return isMine
    },
  }
  const newIsolate = (hasDataCentre = true, skewMilliseconds = 0) =>
    createNearestRevocations({
      dataCentre: hasDataCentre ? dataCentre : undefined,
      region: { revocations: ask('region') },
      log: ask('log'),
      now: () => at + skewMilliseconds,
    })
  return {
    asked,
    answers,
    pointer,
    newIsolate,
    kept: () => kept,
    breakClaims: () => {
      areClaimsDown = true
    },
    breakCache: () => {
      isCacheDown = true
    },
    wait: (milliseconds: number) => {
      at += milliseconds
    },
  }
}

describe('an isolate', () => {
  it('asks the region and leaves a copy to the others of its data centre', async () => {
    const { newIsolate, asked, wait } = newWorld()
    expect((await newIsolate().load(-1))?.sequence).toBe(1)
    expect(asked).toEqual(['region'])
    // The first to find a copy asks again, because nobody has claimed this slot.
    await newIsolate().load(-1)
    expect(asked).toEqual(['region', 'region'])
    for (let isolate = 0; isolate < 10; isolate += 1) {
      expect((await newIsolate().load(-1))?.sequence).toBe(1)
      wait(REVOCATION_COPY_MILLISECONDS / 10)
    }
    expect(asked).toEqual(['region', 'region'])
    await newIsolate().load(-1)
    expect(asked).toEqual(['region', 'region', 'region'])
  })

  it('uses the copy of others whose clocks differ by two seconds', async () => {
    const { newIsolate, asked, wait } = newWorld()
    const skews = [2000, 1300, 600, 0, -600, -1300, -2000]
    await newIsolate().load(-1)
    // Until the latest clock is in a slot that the earliest has claimed.
    for (const isolates of Array.from({ length: 9 }, () => skews)) {
      for (const skew of isolates) await newIsolate(true, skew).load(-1)
      wait(REVOCATION_COPY_MILLISECONDS)
    }
    asked.length = 0
    for (const isolates of Array.from({ length: 10 }, () => skews)) {
      for (const skew of isolates) await newIsolate(true, skew).load(-1)
      wait(REVOCATION_COPY_MILLISECONDS)
    }
    expect(asked).toHaveLength(10)
  })

  it('lets the others use the copy while it asks', async () => {
    const { newIsolate, asked, answers, pointer, wait, kept } = newWorld()
    const [first, second] = [newIsolate(), newIsolate()]
    await first.load(-1)
    wait(REVOCATION_COPY_MILLISECONDS)
    let others = Promise.resolve<unknown>(undefined)
    answers.region = () => {
      others = second.load(-1)
      return pointer(2)
    }
    await first.load(-1)
    expect(await others).toMatchObject({ sequence: 1 })
    expect(asked).toEqual(['region', 'region'])
    expect(kept()).toMatchObject({ sequence: 2 })
  })

  it('asks the region itself if the cache has a copy and no answer to a claim', async () => {
    const { newIsolate, asked, breakClaims } = newWorld()
    await newIsolate().load(-1)
    breakClaims()
    await newIsolate().load(-1)
    await newIsolate().load(-1)
    expect(asked).toEqual(['region', 'region', 'region'])
  })

  it('asks the log if the region fails, and spares the region for a while', async () => {
    const { newIsolate, asked, answers, wait } = newWorld()
    answers.region = () => new Error('down')
    const isolate = newIsolate(false)
    expect((await isolate.load(-1))?.sequence).toBe(1)
    await isolate.load(-1)
    expect(asked).toEqual(['region', 'log', 'log'])
    wait(TRUST_LAYER_RETRY_SECONDS * 1000)
    await isolate.load(-1)
    expect(asked.slice(3)).toEqual(['region', 'log'])
  })

  it('leaves the log to one isolate of its data centre if the region fails', async () => {
    const { newIsolate, asked, answers } = newWorld()
    answers.region = () => new Error('down')
    const loaded = Array.from({ length: 20 }, () => newIsolate().load(-1))
    for (const pointer of await Promise.all(loaded)) expect(pointer?.sequence).toBe(1)
    expect(asked.filter((name) => name === 'log')).toEqual(['log'])
  })

  it('asks the log itself if the one that claimed to ask leaves no copy', async () => {
    const { newIsolate, asked, answers, pointer } = newWorld()
    answers.region = () => new Error('down')
    answers.log = () => new Error('down')
    expect(await newIsolate().load(-1)).toBeUndefined()
    answers.log = () => pointer(2)
    expect((await newIsolate().load(-1))?.sequence).toBe(2)
    expect(asked.filter((name) => name === 'log')).toEqual(['log', 'log'])
  })

  it('asks the log itself if the copy of another is older than what it has seen', async () => {
    const { newIsolate, asked, answers, pointer } = newWorld()
    answers.region = () => new Error('down')
    answers.log = () => pointer(asked.length)
    await newIsolate().load(-1)
    expect((await newIsolate().load(4))?.sequence).toBe(4)
  })

  it('has nothing if no layer answers, or if the log publishes nothing', async () => {
    const { newIsolate, answers, breakCache } = newWorld()
    breakCache()
    answers.region = () => new Error('down')
    answers.log = () => new Error('down')
    expect(await newIsolate().load(-1)).toBeUndefined()
    answers.log = () => null
    expect(await newIsolate().load(-1)).toBeUndefined()
  })
})

describe('a pointer of a layer', () => {
  it('is not used if it is older than one that the isolate has seen', async () => {
    const { newIsolate, asked, answers, pointer } = newWorld()
    answers.log = () => pointer(6)
    expect((await newIsolate().load(5))?.sequence).toBe(6)
    expect(asked).toEqual(['region', 'log'])
  })

  it('REV-01 is not used if it is too old', async () => {
    const { newIsolate, asked, answers, pointer } = newWorld()
    const old = START / 1000 - TRUST_POINTER_MOST_SECONDS
    answers.region = () => pointer(1, old + 1)
    expect((await newIsolate(false).load(-1))?.published_at).toBe(old + 1)
    answers.region = () => pointer(1, old)
    expect((await newIsolate(false).load(-1))?.published_at).toBe(START / 1000)
    expect(asked).toEqual(['region', 'region', 'log'])
  })

  it('NET-14 is not used if it is from the future, nor after the clock was set back', async () => {
    const { newIsolate, asked, answers, pointer, wait } = newWorld()
    answers.region = () => pointer(1, START / 1000 + 60)
    expect((await newIsolate(false).load(-1))?.published_at).toBe(START / 1000)
    expect(asked).toEqual(['region', 'log'])
    answers.region = () => pointer(1)
    const isolate = newIsolate(false)
    await isolate.load(-1)
    wait(-3_600_000)
    await isolate.load(-1)
    expect(asked.slice(2)).toEqual(['region', 'log'])
    // The log has told the time, so the next question is one for the region again.
    await isolate.load(-1)
    expect(asked.slice(4)).toEqual(['region'])
  })

  it('REV-02 is not used if it has an unknown grain', async () => {
    const { newIsolate, asked, answers, pointer } = newWorld()
    const before = [{ grain: 'tenant', id: 'x', before: 5, expires_at: 9_000_000_000 }]
    answers.region = () => ({ ...pointer(1), before })
    expect((await newIsolate(false).load(-1))?.before).toEqual([])
    expect(asked).toEqual(['region', 'log'])
  })
})

describe('a token of the published set', () => {
  const newLog = (answer: boolean) => {
    const asked: string[] = []
    const ask = async () => {
      asked.push('log')
      return answer
    }
    return { asked, ask }
  }

  it('is confirmed by the log once for all isolates of a data centre', async () => {
    const { newIsolate } = newWorld()
    const { asked, ask } = newLog(true)
    for (const isolate of [newIsolate(), newIsolate()]) {
      expect(await isolate.confirm('one', ask)).toBe(true)
    }
    expect(asked).toEqual(['log'])
    expect(await newIsolate().confirm('two', ask)).toBe(true)
    expect(asked).toEqual(['log', 'log'])
  })

  it('that only shares its prefix is asked about by each isolate', async () => {
    const { newIsolate } = newWorld()
    const { asked, ask } = newLog(false)
    for (const isolate of [newIsolate(), newIsolate()]) {
      expect(await isolate.confirm('one', ask)).toBe(false)
    }
    expect(asked).toEqual(['log', 'log'])
  })

  it('is confirmed by the log if the cache fails, or there is none', async () => {
    const { newIsolate, breakCache } = newWorld()
    breakCache()
    const { asked, ask } = newLog(true)
    expect(await newIsolate().confirm('one', ask)).toBe(true)
    expect(await newIsolate(false).confirm('one', ask)).toBe(true)
    expect(asked).toEqual(['log', 'log'])
  })

  it('is not cleared by a log that does not answer', async () => {
    const { newIsolate } = newWorld()
    const ask = () => Promise.reject(new Error('down'))
    await expect(newIsolate().confirm('one', ask)).rejects.toThrow('down')
  })
})
