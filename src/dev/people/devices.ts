/** Devices that wait for a person (RFC 8628): their codes, and how often they may ask. */
import { randomInt } from 'node:crypto'
import { type Approval, newSecret } from './grants.ts'

/** RFC 8628 §6.1: no vowels, so that no word appears, and no letters that look alike. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'
const HALF = 4
const DEVICE_SECONDS = 600
/** A second, so that tests are fast. Providers usually say five. */
const INTERVAL_SECONDS = 1
/** RFC 8628 §3.5. */
const SLOWER_SECONDS = 5
/** A timer can fire this much too early. */
const TIMER_MILLISECONDS = 50

export type Device = {
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly userCode: string
  readonly expiresAt: number
  intervalSeconds: number
  askedAt: number
  answer: Approval | 'denied' | undefined
}

export type DevicePoll =
  | { readonly kind: 'approved'; readonly approval: Approval }
  | {
      readonly kind:
        | 'unknown'
        | 'access_denied'
        | 'expired_token'
        | 'authorization_pending'
        | 'slow_down'
    }

export type Devices = ReturnType<typeof createDevices>

export function createDevices(now: () => number, milliseconds: () => number) {
  const devices = new Map<string, Device>()

  return {
    start(clientId: string, scopes: readonly string[]) {
      const code = newSecret()
      const userCode = `${pickLetters()}-${pickLetters()}`
      devices.set(code, {
        ...{ clientId, scopes, userCode, intervalSeconds: INTERVAL_SECONDS },
        ...{ expiresAt: now() + DEVICE_SECONDS, askedAt: Number.NEGATIVE_INFINITY },
        answer: undefined,
      })
      return { code, userCode, interval: INTERVAL_SECONDS, expiresIn: DEVICE_SECONDS }
    },
    /** Finds a device that still waits. Case and punctuation of the code do not count. */
    find(typed: string): Device | undefined {
      const letters = typed.toUpperCase().replace(/[^A-Z]/g, '')
      return [...devices.values()].find(
        ({ userCode, answer, expiresAt }) =>
          userCode.replace('-', '') === letters && answer === undefined && expiresAt > now(),
      )
    },
    poll(code: string, clientId: string): DevicePoll {
      const device = devices.get(code)
      if (device === undefined || device.clientId !== clientId) return { kind: 'unknown' }
      if (device.expiresAt <= now()) return { kind: 'expired_token' }
      const waited = milliseconds() - device.askedAt + TIMER_MILLISECONDS
      device.askedAt = milliseconds()
      if (waited < device.intervalSeconds * 1000) {
        device.intervalSeconds += SLOWER_SECONDS
        return { kind: 'slow_down' }
      }
      const { answer } = device
      if (answer === undefined) return { kind: 'authorization_pending' }
      devices.delete(code)
      return answer === 'denied'
        ? { kind: 'access_denied' }
        : { kind: 'approved', approval: answer }
    },
  }
}

function pickLetters(): string {
  return Array.from({ length: HALF }, () => LETTERS[randomInt(LETTERS.length)]).join('')
}
