/**
 * Logs alerts and posts them to the webhook of the deployment (`ALERT_WEBHOOK_URL`), as RFC 8935
 * describes. No answer of the gateway waits for it. A delivery is limited in bytes, time, attempts
 * and number, and follows no redirects. A delivery that fails is a log event.
 */
import type { NewTokenId } from '../../core/ports.ts'
import type { KeyRing } from '../../core/tokens/keyring.ts'
import { startDeadline, wait } from '../../web/deadline.ts'
import {
  ALERT_ATTEMPTS,
  ALERT_RETRY_MILLISECONDS,
  ALERT_TIMEOUT_MILLISECONDS,
  MAX_ALERT_CHARACTERS,
  MAX_ALERTS_PER_MINUTE,
} from '../limits.ts'
import { log } from '../log.ts'
import type { Alert, AlertFault } from './alert.ts'
import { signAlert } from './alert-token.ts'

/**
 * Logs the alert at once, unless it is repeated, and resolves when its delivery has ended. Returns why
 * it did not arrive; undefined if it did, or if there is no webhook. Never throws.
 */
export type SendAlert = (alert: Alert, isRepeated?: boolean) => Promise<AlertFault | undefined>

export type AlertSenderOptions = {
  /** Undefined: alerts are only logged. */
  readonly url: string | undefined
  readonly gatewayIssuer: string
  readonly loadKeyRing: () => KeyRing | Promise<KeyRing>
  readonly newTokenId: NewTokenId
  /** Epoch milliseconds. */
  readonly now: () => number
}

const MINUTE_MILLISECONDS = 60_000

export function createAlertSender(options: AlertSenderOptions): SendAlert {
  const { url, now } = options
  let windowAt = Number.NEGATIVE_INFINITY
  let sent = 0

  /** Otherwise a flood of alerts would become a flood of requests. */
  function isOverLimit(): boolean {
    if (Math.abs(now() - windowAt) >= MINUTE_MILLISECONDS) {
      windowAt = now()
      sent = 0
    }
    sent += 1
    return sent > MAX_ALERTS_PER_MINUTE
  }

  return async function sendAlert(alert, isRepeated = false) {
    const { type, at, decisionId, rule, issuer, resource, facts } = alert
    if (!isRepeated) log({ event: 'alert', at, type, decisionId, rule, issuer, resource, facts })
    if (url === undefined) return undefined
    const fault = isOverLimit() ? 'too_many' : await deliver(alert, { ...options, url })
    if (fault !== undefined) {
      log({ event: 'alert_undelivered', at: toSeconds(now()), type, decisionId, rule, fault })
    }
    return fault
  }
}

/** Returns why the alert did not arrive; undefined if it did. Never throws. */
async function deliver(
  alert: Alert,
  { url, gatewayIssuer, loadKeyRing, newTokenId, now }: AlertSenderOptions & { url: string },
): Promise<AlertFault | undefined> {
  try {
    const at = toSeconds(now())
    const jwt = await signAlert(alert, { gatewayIssuer, url, newTokenId, at }, await loadKeyRing())
    if (jwt === undefined) return 'no_signing_key'
    if (jwt.length > MAX_ALERT_CHARACTERS) return 'too_large'
    return await postRepeatedly(url, jwt)
  } catch {
    return 'no_signing_key'
  }
}

async function postRepeatedly(url: string, jwt: string): Promise<AlertFault | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const { fault, mayRetry } = await post(url, jwt)
    if (fault === undefined || !mayRetry || attempt >= ALERT_ATTEMPTS) return fault
    await wait(attempt * ALERT_RETRY_MILLISECONDS)
  }
}

type Delivery = { readonly fault: AlertFault | undefined; readonly mayRetry: boolean }

/** Never throws. The token is the same in each attempt, so a receiver can find repeated ones. */
async function post(url: string, jwt: string): Promise<Delivery> {
  const { signal, stop } = startDeadline(ALERT_TIMEOUT_MILLISECONDS, undefined)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/secevent+jwt', accept: 'application/json' },
      body: jwt,
      // workerd does not support `redirect: 'error'`.
      redirect: 'manual',
      cache: 'no-store',
      signal,
    })
    await response.body?.cancel()
    if (response.ok) return { fault: undefined, mayRetry: false }
    const { status } = response
    if (status >= 300 && status < 400) return { fault: 'redirected', mayRetry: false }
    // Another 4xx is the same for the same request.
    const mayRetry = status >= 500 || status === 408 || status === 429
    return { fault: 'status_not_2xx', mayRetry }
  } catch {
    return { fault: 'unreachable', mayRetry: true }
  } finally {
    stop()
  }
}

function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000)
}
