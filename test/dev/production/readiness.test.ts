import { describe, expect, it } from 'vitest'
import { createReadiness, type ReadinessOptions } from '../../../src/dev/production/readiness.ts'

const HEALTH = {
  status: 'ready',
  checks: { trust_store: { ready: true }, admin: { enabled: false } },
  warnings: ['a warning', 7],
}

const readinessOf = (change: Partial<ReadinessOptions> = {}) =>
  createReadiness({
    isStopping: () => false,
    askHealth: async () => HEALTH,
    describeCertificate: () => undefined,
    findStateWarning: () => undefined,
    ...change,
  })

describe('the readiness of a gateway', () => {
  it('is that of workerd and of each part of the Worker', async () => {
    expect(await readinessOf()()).toEqual({
      isReady: true,
      report: {
        status: 'ready',
        checks: { workerd: { ready: true }, trust_store: { ready: true } },
        warnings: ['a warning'],
      },
    })
  })

  it.each<[string, unknown, object]>([
    [
      'a part is not',
      { checks: { trust_store: { ready: false } } },
      { trust_store: { ready: false } },
    ],
    ['the answer is none', undefined, { workerd: { ready: false } }],
  ])('is missing if %s', async (_, health, checks) => {
    const { isReady, report } = await readinessOf({ askHealth: async () => health })()
    expect(isReady).toBe(false)
    expect(report).toMatchObject({ status: 'not_ready', checks })
  })

  it('is missing while workerd is down', async () => {
    const { report } = await readinessOf({ askHealth: () => Promise.reject(new Error('down')) })()
    expect(report).toEqual({
      status: 'not_ready',
      checks: { workerd: { ready: false } },
      warnings: [],
    })
  })

  it('stays with a warning about the state', async () => {
    const { isReady, report } = await readinessOf({ findStateWarning: () => 'not kept' })()
    expect(isReady).toBe(true)
    expect(report.warnings).toEqual(['not kept', 'a warning'])
  })

  it('is missing after the certificate has ended, which is a warning before', async () => {
    const endsAt = Date.parse('2026-12-01T00:00:00Z')
    const ask = async (isValid: boolean) =>
      readinessOf({ describeCertificate: () => ({ isValid, endsAt, warning: 'it ends' }) })()
    expect((await ask(true)).report).toMatchObject({
      status: 'ready',
      checks: { certificate: { ready: true, ends_at: '2026-12-01T00:00:00Z' } },
      warnings: ['it ends', 'a warning'],
    })
    expect((await ask(false)).isReady).toBe(false)
  })

  it('is missing from the start of a stop, without asking the Worker', async () => {
    let asked = 0
    const askHealth = async () => {
      asked += 1
      return HEALTH
    }
    expect(await readinessOf({ isStopping: () => true, askHealth })()).toEqual({
      isReady: false,
      report: { status: 'not_ready', checks: { stopping: { ready: false } }, warnings: [] },
    })
    expect(asked).toBe(0)
  })

  it('asks the Worker once for many probes', async () => {
    let asked = 0
    const ready = readinessOf({
      askHealth: async () => {
        asked += 1
        return HEALTH
      },
    })
    await Promise.all(Array.from({ length: 20 }, () => ready()))
    expect(asked).toBe(1)
  })
})
